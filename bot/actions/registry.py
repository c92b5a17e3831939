"""Which actions are there, by the name that Rasa calls them? One line each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.actions.accept_offer import accept_offer
from bot.actions.account_access import account_access
from bot.actions.accounts import choose_account
from bot.actions.affirm import affirm
from bot.actions.arrange_extension import arrange_extension
from bot.actions.ask_fees import ask_fees
from bot.actions.ask_promotions import ask_promotions
from bot.actions.begin import begin
from bot.actions.call_off_change import call_off_change, cancel_change
from bot.actions.call_summary import goodbye, send_summary
from bot.actions.cancel_service import cancel_service
from bot.actions.change_language import change_language
from bot.actions.change_plan import change_plan
from bot.actions.change_services import change_services
from bot.actions.check_balance import check_balance
from bot.actions.check_due_date import check_due_date
from bot.actions.check_payment_history import check_payment_history
from bot.actions.check_payment_status import check_payment_status
from bot.actions.check_refund_status import check_refund_status
from bot.actions.check_secret import check_code, check_pin
from bot.actions.check_usage import check_usage
from bot.actions.choose import choose
from bot.actions.clarify import clarify
from bot.actions.compare_plans import compare_plans
from bot.actions.deny import deny
from bot.actions.dispute_charge import dispute_charge
from bot.actions.dispute_status import withdraw_dispute
from bot.actions.explain_bill import explain_bill, explain_rest
from bot.actions.file_complaint import file_complaint
from bot.actions.file_dispute import file_dispute
from bot.actions.inform import inform
from bot.actions.job import JobFunction
from bot.actions.misunderstood import misunderstood
from bot.actions.never_mind import never_mind
from bot.actions.notices import notices
from bot.actions.offer_person import offer_person
from bot.actions.open_dispute import open_dispute
from bot.actions.pay_bill import pay_bill, pay_by_link
from bot.actions.payment_methods import payment_methods
from bot.actions.plan_info import plan_info
from bot.actions.propose_discount import propose_discount
from bot.actions.refund_credit import refund_credit
from bot.actions.repeat import repeat
from bot.actions.request_callback import request_callback
from bot.actions.request_extension import (
    ask_extension_date,
    confirm_extension,
    request_extension,
    validate_extension_form,
)
from bot.actions.request_payment_plan import arrange_instalments, request_payment_plan
from bot.actions.request_refund import request_refund
from bot.actions.restore_service import restore_service, undo_cancellation
from bot.actions.review_account import review_account
from bot.actions.send_code import send_code
from bot.actions.share_contact import share_contact
from bot.actions.silence import silence
from bot.actions.small_words import small_words
from bot.actions.start_service import start_service
from bot.actions.take_customer_number import take_customer_number
from bot.actions.talk_to_human import talk_to_human
from bot.actions.unsupported import unsupported
from bot.actions.view_bill import view_bill

ACTIONS: Mapping[str, JobFunction] = {
    "action_accept_offer": accept_offer,
    "action_account_access": account_access,
    "action_affirm": affirm,
    "action_arrange_extension": arrange_extension,
    "action_arrange_instalments": arrange_instalments,
    "action_ask_extension_date": ask_extension_date,
    "action_ask_fees": ask_fees,
    "action_ask_promotions": ask_promotions,
    "action_begin": begin,
    "action_call_off_change": call_off_change,
    "action_cancel_change": cancel_change,
    "action_cancel_service": cancel_service,
    "action_change_language": change_language,
    "action_change_plan": change_plan,
    "action_change_services": change_services,
    "action_check_balance": check_balance,
    "action_check_code": check_code,
    "action_check_due_date": check_due_date,
    "action_check_payment_history": check_payment_history,
    "action_check_payment_status": check_payment_status,
    "action_check_pin": check_pin,
    "action_check_refund_status": check_refund_status,
    "action_check_usage": check_usage,
    "action_choose": choose,
    "action_choose_account": choose_account,
    "action_clarify": clarify,
    "action_compare_plans": compare_plans,
    "action_confirm_extension": confirm_extension,
    "action_deny": deny,
    "action_dispute_charge": dispute_charge,
    "action_explain_bill": explain_bill,
    "action_explain_rest": explain_rest,
    "action_file_complaint": file_complaint,
    "action_file_dispute": file_dispute,
    "action_goodbye": goodbye,
    "action_inform": inform,
    "action_misunderstood": misunderstood,
    "action_never_mind": never_mind,
    "action_notices": notices,
    "action_offer_person": offer_person,
    "action_open_dispute": open_dispute,
    "action_pay_bill": pay_bill,
    "action_pay_by_link": pay_by_link,
    "action_payment_methods": payment_methods,
    "action_plan_info": plan_info,
    "action_propose_discount": propose_discount,
    "action_refund_credit": refund_credit,
    "action_repeat": repeat,
    "action_request_callback": request_callback,
    "action_request_extension": request_extension,
    "action_request_payment_plan": request_payment_plan,
    "action_request_refund": request_refund,
    "action_restore_service": restore_service,
    "action_review_account": review_account,
    "action_send_code": send_code,
    "action_send_summary": send_summary,
    "action_share_contact": share_contact,
    "action_silence": silence,
    "action_small_words": small_words,
    "action_start_service": start_service,
    "action_take_customer_number": take_customer_number,
    "action_talk_to_human": talk_to_human,
    "action_undo_cancellation": undo_cancellation,
    "action_unsupported": unsupported,
    "action_view_bill": view_bill,
    "action_withdraw_dispute": withdraw_dispute,
    "validate_extension_form": validate_extension_form,
}
