"""Keep everything that the first version needs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence('message_position')))
    op.create_table('agent_presence',
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('available', sa.Boolean(), nullable=False),
    sa.Column('always', sa.Boolean(), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('agent_id', name=op.f('pk_agent_presence'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index(op.f('ix_audit_entry_subject_at'), 'audit_entry', ['subject', 'at'], unique=False)
    op.create_table('conversation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('sender', sa.String(length=64), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('language_source', sa.String(length=10), nullable=False),
    sa.Column('owner', sa.String(length=8), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('expects', sa.String(length=32), nullable=True),
    sa.Column('dialogue', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('turns_in_session', sa.Integer(), nullable=False),
    sa.Column('lease_token', sa.Uuid(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation'))
    )
    op.create_index('uq_conversation_open', 'conversation', ['channel', 'address'], unique=True, postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('customer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=8), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('first_name', sa.String(), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('never_held_out', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
    sa.UniqueConstraint('number', name=op.f('uq_customer_number'))
    )
    op.create_table('desk_agent',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=12), nullable=False),
    sa.Column('phone', sa.String(length=20), nullable=True),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_agent')),
    sa.UniqueConstraint('email', name=op.f('uq_desk_agent_email'))
    )
    op.create_table('desk_sign_in_tries',
    sa.Column('email_hash', sa.LargeBinary(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('email_hash', name=op.f('pk_desk_sign_in_tries'))
    )
    op.create_index(op.f('ix_desk_sign_in_tries_last_at'), 'desk_sign_in_tries', ['last_at'], unique=False)
    op.create_table('discount_budget',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('rule_id', sa.String(), nullable=False),
    sa.Column('month', sa.Date(), nullable=False),
    sa.Column('limit_minor', sa.BigInteger(), nullable=False),
    sa.Column('reserved_minor', sa.BigInteger(), nullable=False),
    sa.Column('spent_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint('reserved_minor + spent_minor <= limit_minor', name=op.f('ck_discount_budget_not_overshot')),
    sa.CheckConstraint('reserved_minor >= 0 and spent_minor >= 0', name=op.f('ck_discount_budget_not_negative')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_budget')),
    sa.UniqueConstraint('rule_id', 'month', name=op.f('uq_discount_budget_rule_id_month'))
    )
    op.create_table('failed_try',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forgiven_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_failed_try'))
    )
    op.create_index('ix_failed_try_address', 'failed_try', ['address', 'failed_at'], unique=False)
    op.create_index('ix_failed_try_subject', 'failed_try', ['subject', 'failed_at'], unique=False)
    op.create_table('idempotent_result',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('fingerprint', sa.String(), nullable=False),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_idempotent_result'))
    )
    op.create_table('number_series',
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('one_time_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=128), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_code'))
    )
    op.create_index('ix_one_time_code_address', 'one_time_code', ['address', 'issued_at'], unique=False)
    op.create_index(op.f('ix_one_time_code_conversation_id'), 'one_time_code', ['conversation_id'], unique=False)
    op.create_index('ix_one_time_code_subject', 'one_time_code', ['subject', 'issued_at'], unique=False)
    op.create_table('product',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('family', sa.String(), nullable=False),
    sa.Column('name', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('unit', sa.String(), nullable=True),
    sa.Column('allowance', sa.Integer(), nullable=True),
    sa.Column('usage_code', sa.String(), nullable=True),
    sa.Column('on_sale_from', sa.Date(), nullable=False),
    sa.Column('on_sale_until', sa.Date(), nullable=True),
    sa.CheckConstraint("kind in ('plan', 'add_on', 'usage')", name=op.f('ck_product_kind')),
    sa.ForeignKeyConstraint(['usage_code'], ['product.code'], name=op.f('fk_product_usage_code_product')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_product'))
    )
    op.create_table('queue_policy',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hours', sa.Text(), nullable=False),
    sa.Column('zone', sa.String(length=64), nullable=False),
    sa.Column('closed_on', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('handling_seconds', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_policy'))
    )
    op.create_table('account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('billing_day', sa.Integer(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.CheckConstraint('billing_day between 1 and 31', name=op.f('ck_account_billing_day')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_account_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account'))
    )
    op.create_index(op.f('ix_account_billing_day'), 'account', ['billing_day'], unique=False)
    op.create_index(op.f('ix_account_customer_id'), 'account', ['customer_id'], unique=False)
    op.create_table('button_token',
    sa.Column('token', sa.String(length=32), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_button_token_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_button_token'))
    )
    op.create_index(op.f('ix_button_token_conversation_id'), 'button_token', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_button_token_message_id'), 'button_token', ['message_id'], unique=False)
    op.create_table('contact',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind in ('phone', 'telegram')", name=op.f('ck_contact_kind')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_contact_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('customer_id', 'kind', 'value', name=op.f('uq_contact_customer_id_kind_value'))
    )
    op.create_index(op.f('ix_contact_kind_value'), 'contact', ['kind', 'value'], unique=False)
    op.create_table('desk_session',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['desk_agent.id'], name=op.f('fk_desk_session_agent_id_desk_agent')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_desk_session'))
    )
    op.create_index(op.f('ix_desk_session_agent_id'), 'desk_session', ['agent_id'], unique=False)
    op.create_index(op.f('ix_desk_session_expires_at'), 'desk_session', ['expires_at'], unique=False)
    op.create_table('identification',
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('claimed_number', sa.String(length=32), nullable=True),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('method', sa.String(length=32), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_identification_customer_id_customer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('conversation_id', name=op.f('pk_identification'))
    )
    op.create_index(op.f('ix_identification_customer_id'), 'identification', ['customer_id'], unique=False)
    op.create_table('inbound_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('provider_message_id', sa.String(length=160), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('data', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=16), nullable=True),
    sa.Column('failure', sa.String(length=200), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_inbound_message_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbound_message')),
    sa.UniqueConstraint('channel', 'provider_message_id', name=op.f('uq_inbound_message_channel_provider_message_id')),
    sa.UniqueConstraint('position', name=op.f('uq_inbound_message_position'))
    )
    op.create_index('ix_inbound_message_history', 'inbound_message', ['conversation_id', 'position'], unique=False)
    op.create_index('ix_inbound_message_waiting', 'inbound_message', ['conversation_id', 'position'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_table('outbound_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('in_reply_to', sa.Uuid(), nullable=True),
    sa.Column('key', sa.String(length=160), nullable=True),
    sa.Column('author', sa.String(length=8), nullable=False),
    sa.Column('agent_name', sa.String(length=80), nullable=True),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('parts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('buttons', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('options', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provider_message_id', sa.String(length=160), nullable=True),
    sa.Column('failure', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_outbound_message_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbound_message')),
    sa.UniqueConstraint('key', name=op.f('uq_outbound_message_key')),
    sa.UniqueConstraint('position', name=op.f('uq_outbound_message_position'))
    )
    op.create_index('ix_outbound_message_due', 'outbound_message', ['channel', 'position'], unique=False, postgresql_where=sa.text("status IN ('queued', 'sending')"))
    op.create_index('ix_outbound_message_history', 'outbound_message', ['conversation_id', 'position'], unique=False)
    op.create_index('ix_outbound_message_receipt', 'outbound_message', ['channel', 'provider_message_id'], unique=False)
    op.create_table('pin',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.Column('set_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_pin_customer_id_customer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_pin'))
    )
    op.create_table('price',
    sa.Column('product_code', sa.String(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.ForeignKeyConstraint(['product_code'], ['product.code'], name=op.f('fk_price_product_code_product')),
    sa.PrimaryKeyConstraint('product_code', 'valid_from', name=op.f('pk_price'))
    )
    op.create_table('promotion',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('product_code', sa.String(), nullable=False),
    sa.Column('percent_bp', sa.Integer(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.CheckConstraint('percent_bp between 1 and 10000', name=op.f('ck_promotion_percent_bp')),
    sa.ForeignKeyConstraint(['product_code'], ['product.code'], name=op.f('fk_promotion_product_code_product')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_promotion'))
    )
    op.create_table('support_case',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=True),
    sa.Column('reason', sa.String(length=32), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('callback_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(length=32), nullable=True),
    sa.Column('agreed', sa.Text(), nullable=True),
    sa.Column('granted', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_support_case_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_support_case')),
    sa.UniqueConstraint('number', name=op.f('uq_support_case_number'))
    )
    op.create_index('ix_support_case_closed', 'support_case', ['closed_at'], unique=False, postgresql_where=sa.text("state = 'closed'"))
    op.create_index(op.f('ix_support_case_conversation_id'), 'support_case', ['conversation_id'], unique=False)
    op.create_index(op.f('ix_support_case_customer_id'), 'support_case', ['customer_id'], unique=False)
    op.create_index('ix_support_case_line', 'support_case', ['priority', 'number'], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('uq_support_case_open', 'support_case', ['conversation_id'], unique=True, postgresql_where=sa.text("state IN ('waiting', 'with_agent')"))
    op.create_table('vaulted_secret',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=True),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_vaulted_secret_conversation_id_conversation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vaulted_secret')),
    sa.UniqueConstraint('message_id', name=op.f('uq_vaulted_secret_message_id'))
    )
    op.create_index(op.f('ix_vaulted_secret_expires_at'), 'vaulted_secret', ['expires_at'], unique=False)
    op.create_table('arrangement',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('pay_by', sa.Date(), nullable=False),
    sa.Column('broken_on', sa.Date(), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_arrangement_positive')),
    sa.CheckConstraint('broken_on > pay_by', name=op.f('ck_arrangement_broken_after')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_arrangement_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_arrangement'))
    )
    op.create_index(op.f('ix_arrangement_account_id'), 'arrangement', ['account_id'], unique=False)
    op.create_index('ix_arrangement_unbroken', 'arrangement', ['pay_by'], unique=False, postgresql_where=sa.text('broken_on IS NULL'))
    op.create_table('discount_offer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('episode', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.String(), nullable=False),
    sa.Column('rule_version', sa.String(), nullable=False),
    sa.Column('percent_bp', sa.Integer(), nullable=True),
    sa.Column('monthly_net_minor', sa.BigInteger(), nullable=False),
    sa.Column('monthly_minor', sa.BigInteger(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('starts', sa.String(), nullable=False),
    sa.Column('tier', sa.String(), nullable=False),
    sa.Column('budget_id', sa.Uuid(), nullable=False),
    sa.Column('proposed_by', sa.String(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('open', 'accepted', 'refused', 'expired', 'withdrawn')", name=op.f('ck_discount_offer_state')),
    sa.CheckConstraint('amount_minor = monthly_minor * months', name=op.f('ck_discount_offer_adds_up')),
    sa.CheckConstraint('number between 1 and 9', name=op.f('ck_discount_offer_number')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_discount_offer_account_id_account')),
    sa.ForeignKeyConstraint(['budget_id'], ['discount_budget.id'], name=op.f('fk_discount_offer_budget_id_discount_budget')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_discount_offer_customer_id_customer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_offer')),
    sa.UniqueConstraint('account_id', 'episode', 'number', name=op.f('uq_discount_offer_account_id_episode_number'))
    )
    op.create_index(op.f('ix_discount_offer_customer_id'), 'discount_offer', ['customer_id'], unique=False)
    op.create_index('ix_discount_offer_open', 'discount_offer', ['expires_at'], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_table('invoice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint('net_minor + tax_minor = total_minor', name=op.f('ck_invoice_adds_up')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_invoice_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice')),
    sa.UniqueConstraint('account_id', 'period_start', name=op.f('uq_invoice_account_id_period_start')),
    sa.UniqueConstraint('number', name=op.f('uq_invoice_number')),
    sa.UniqueConstraint('series', 'year', 'serial', name=op.f('uq_invoice_series_year_serial'))
    )
    op.create_index(op.f('ix_invoice_account_id_issued_on'), 'invoice', ['account_id', 'issued_on'], unique=False)
    op.create_index(op.f('ix_invoice_due_on'), 'invoice', ['due_on'], unique=False)
    op.create_table('journal_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('document', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_journal_entry_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_entry')),
    sa.UniqueConstraint('key', name=op.f('uq_journal_entry_key'))
    )
    op.create_index(op.f('ix_journal_entry_account_id_posted_at'), 'journal_entry', ['account_id', 'posted_at'], unique=False)
    op.create_table('payment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('payer_note', sa.String(), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payment_positive')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_payment_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment')),
    sa.UniqueConstraint('reference', name=op.f('uq_payment_reference'))
    )
    op.create_index(op.f('ix_payment_account_id'), 'payment', ['account_id'], unique=False)
    op.create_table('service_order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('product_code', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ordered_by', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_service_order_account_id_account')),
    sa.ForeignKeyConstraint(['product_code'], ['product.code'], name=op.f('fk_service_order_product_code_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_order'))
    )
    op.create_index(op.f('ix_service_order_account_id'), 'service_order', ['account_id'], unique=False)
    op.create_table('arrangement_invoice',
    sa.Column('arrangement_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['arrangement_id'], ['arrangement.id'], name=op.f('fk_arrangement_invoice_arrangement_id_arrangement'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_arrangement_invoice_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('arrangement_id', 'invoice_id', name=op.f('pk_arrangement_invoice'))
    )
    op.create_index(op.f('ix_arrangement_invoice_invoice_id'), 'arrangement_invoice', ['invoice_id'], unique=False)
    op.create_table('charge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('description', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('supplied_on', sa.Date(), nullable=False),
    sa.Column('late_for_invoice_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("kind in ('late_fee', 'one_off')", name=op.f('ck_charge_kind')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_charge_account_id_account')),
    sa.ForeignKeyConstraint(['late_for_invoice_id'], ['invoice.id'], name=op.f('fk_charge_late_for_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_charge')),
    sa.UniqueConstraint('late_for_invoice_id', name=op.f('uq_charge_late_for_invoice_id'))
    )
    op.create_index(op.f('ix_charge_account_id'), 'charge', ['account_id'], unique=False)
    op.create_table('credit_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('issued_by', sa.String(), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('finding_id', sa.String(), nullable=True),
    sa.Column('grant_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("reason in ('error', 'discount', 'goodwill')", name=op.f('ck_credit_note_reason')),
    sa.CheckConstraint('net_minor + tax_minor = total_minor', name=op.f('ck_credit_note_adds_up')),
    sa.CheckConstraint('total_minor > 0', name=op.f('ck_credit_note_positive')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_credit_note_account_id_account')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_credit_note_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_note')),
    sa.UniqueConstraint('account_id', 'finding_id', name=op.f('uq_credit_note_account_id_finding_id')),
    sa.UniqueConstraint('number', name=op.f('uq_credit_note_number')),
    sa.UniqueConstraint('series', 'year', 'serial', name=op.f('uq_credit_note_series_year_serial'))
    )
    op.create_index(op.f('ix_credit_note_account_id'), 'credit_note', ['account_id'], unique=False)
    op.create_index(op.f('ix_credit_note_invoice_id'), 'credit_note', ['invoice_id'], unique=False)
    op.create_table('discount_grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=True),
    sa.Column('rule_id', sa.String(), nullable=False),
    sa.Column('percent_bp', sa.Integer(), nullable=True),
    sa.Column('monthly_net_minor', sa.BigInteger(), nullable=False),
    sa.Column('monthly_minor', sa.BigInteger(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('first_month', sa.Date(), nullable=False),
    sa.Column('credited', sa.Boolean(), nullable=False),
    sa.Column('granted_by', sa.String(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_on', sa.Date(), nullable=False),
    sa.CheckConstraint('amount_minor = monthly_minor * months', name=op.f('ck_discount_grant_adds_up')),
    sa.CheckConstraint('extract(day from first_month) = 1', name=op.f('ck_discount_grant_first_day')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_discount_grant_account_id_account')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_discount_grant_customer_id_customer')),
    sa.ForeignKeyConstraint(['offer_id'], ['discount_offer.id'], name=op.f('fk_discount_grant_offer_id_discount_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_grant')),
    sa.UniqueConstraint('offer_id', name=op.f('uq_discount_grant_offer_id'))
    )
    op.create_index(op.f('ix_discount_grant_account_id'), 'discount_grant', ['account_id'], unique=False)
    op.create_index(op.f('ix_discount_grant_customer_id'), 'discount_grant', ['customer_id'], unique=False)
    op.create_table('journal_transfer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('debit', sa.String(), nullable=False),
    sa.Column('credit', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_journal_transfer_positive')),
    sa.CheckConstraint('debit <> credit', name=op.f('ck_journal_transfer_two_accounts')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_journal_transfer_entry_id_journal_entry')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_journal_transfer'))
    )
    op.create_index(op.f('ix_journal_transfer_entry_id'), 'journal_transfer', ['entry_id'], unique=False)
    op.create_table('subscription',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('product_code', sa.String(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('billed_here_from', sa.Date(), nullable=True),
    sa.Column('minimum_term_until', sa.Date(), nullable=True),
    sa.Column('agreed_net_minor', sa.BigInteger(), nullable=True),
    sa.Column('agreed_until', sa.Date(), nullable=True),
    sa.Column('start_order_id', sa.Uuid(), nullable=True),
    sa.Column('end_order_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_subscription_quantity')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_subscription_account_id_account')),
    sa.ForeignKeyConstraint(['end_order_id'], ['service_order.id'], name=op.f('fk_subscription_end_order_id_service_order')),
    sa.ForeignKeyConstraint(['product_code'], ['product.code'], name=op.f('fk_subscription_product_code_product')),
    sa.ForeignKeyConstraint(['start_order_id'], ['service_order.id'], name=op.f('fk_subscription_start_order_id_service_order')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription'))
    )
    op.create_index(op.f('ix_subscription_account_id'), 'subscription', ['account_id'], unique=False)
    op.create_table('agreed_promotion',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('promotion_code', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['promotion_code'], ['promotion.code'], name=op.f('fk_agreed_promotion_promotion_code_promotion')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_agreed_promotion_subscription_id_subscription')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreed_promotion'))
    )
    op.create_index(op.f('ix_agreed_promotion_subscription_id'), 'agreed_promotion', ['subscription_id'], unique=False)
    op.create_table('allocation',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('credit_note_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('allocated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('from_credit', sa.Boolean(), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_allocation_positive')),
    sa.CheckConstraint('num_nonnulls(payment_id, credit_note_id) = 1', name=op.f('ck_allocation_one_source')),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_note.id'], name=op.f('fk_allocation_credit_note_id_credit_note')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_allocation_invoice_id_invoice')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_allocation_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_allocation'))
    )
    op.create_index(op.f('ix_allocation_credit_note_id'), 'allocation', ['credit_note_id'], unique=False)
    op.create_index(op.f('ix_allocation_invoice_id'), 'allocation', ['invoice_id'], unique=False)
    op.create_index(op.f('ix_allocation_payment_id'), 'allocation', ['payment_id'], unique=False)
    op.create_table('discount_decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(), nullable=False),
    sa.Column('tier', sa.String(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rule_id', sa.String(), nullable=False),
    sa.Column('rule_version', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('conditions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('offer_id', sa.Uuid(), nullable=True),
    sa.Column('grant_id', sa.Uuid(), nullable=True),
    sa.Column('held_out', sa.Boolean(), nullable=False),
    sa.Column('breach', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_discount_decision_account_id_account')),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_discount_decision_customer_id_customer')),
    sa.ForeignKeyConstraint(['grant_id'], ['discount_grant.id'], name=op.f('fk_discount_decision_grant_id_discount_grant')),
    sa.ForeignKeyConstraint(['offer_id'], ['discount_offer.id'], name=op.f('fk_discount_decision_offer_id_discount_offer')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discount_decision'))
    )
    op.create_index(op.f('ix_discount_decision_customer_id_decided_at'), 'discount_decision', ['customer_id', 'decided_at'], unique=False)
    op.create_table('usage',
    sa.Column('subscription_id', sa.Uuid(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('quantity >= 0', name=op.f('ck_usage_quantity')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_usage_subscription_id_subscription')),
    sa.PrimaryKeyConstraint('subscription_id', 'period_start', name=op.f('pk_usage'))
    )
    op.create_table('invoice_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('description', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_rate_bp', sa.Integer(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('product_code', sa.String(), nullable=True),
    sa.Column('subscription_id', sa.Uuid(), nullable=True),
    sa.Column('promotion_id', sa.Uuid(), nullable=True),
    sa.Column('grant_id', sa.Uuid(), nullable=True),
    sa.Column('charge_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_invoice_line_charge_id_charge')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_invoice_line_invoice_id_invoice')),
    sa.ForeignKeyConstraint(['product_code'], ['product.code'], name=op.f('fk_invoice_line_product_code_product')),
    sa.ForeignKeyConstraint(['promotion_id'], ['agreed_promotion.id'], name=op.f('fk_invoice_line_promotion_id_agreed_promotion')),
    sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_invoice_line_subscription_id_subscription')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invoice_line')),
    sa.UniqueConstraint('charge_id', name=op.f('uq_invoice_line_charge_id'))
    )
    op.create_index(op.f('ix_invoice_line_grant_id'), 'invoice_line', ['grant_id'], unique=False)
    op.create_index(op.f('ix_invoice_line_invoice_id'), 'invoice_line', ['invoice_id'], unique=False)
    op.create_index(op.f('ix_invoice_line_subscription_id'), 'invoice_line', ['subscription_id'], unique=False)
    op.create_table('credit_note_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('credit_note_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_line_id', sa.Uuid(), nullable=True),
    sa.Column('description', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('net_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_minor', sa.BigInteger(), nullable=False),
    sa.Column('tax_rate_bp', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_note.id'], name=op.f('fk_credit_note_line_credit_note_id_credit_note')),
    sa.ForeignKeyConstraint(['invoice_line_id'], ['invoice_line.id'], name=op.f('fk_credit_note_line_invoice_line_id_invoice_line')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_note_line'))
    )
    op.create_index(op.f('ix_credit_note_line_credit_note_id'), 'credit_note_line', ['credit_note_id'], unique=False)
    op.create_index(op.f('ix_credit_note_line_invoice_line_id'), 'credit_note_line', ['invoice_line_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_credit_note_line_invoice_line_id'), table_name='credit_note_line')
    op.drop_index(op.f('ix_credit_note_line_credit_note_id'), table_name='credit_note_line')
    op.drop_table('credit_note_line')
    op.drop_index(op.f('ix_invoice_line_subscription_id'), table_name='invoice_line')
    op.drop_index(op.f('ix_invoice_line_invoice_id'), table_name='invoice_line')
    op.drop_index(op.f('ix_invoice_line_grant_id'), table_name='invoice_line')
    op.drop_table('invoice_line')
    op.drop_table('usage')
    op.drop_index(op.f('ix_discount_decision_customer_id_decided_at'), table_name='discount_decision')
    op.drop_table('discount_decision')
    op.drop_index(op.f('ix_allocation_payment_id'), table_name='allocation')
    op.drop_index(op.f('ix_allocation_invoice_id'), table_name='allocation')
    op.drop_index(op.f('ix_allocation_credit_note_id'), table_name='allocation')
    op.drop_table('allocation')
    op.drop_index(op.f('ix_agreed_promotion_subscription_id'), table_name='agreed_promotion')
    op.drop_table('agreed_promotion')
    op.drop_index(op.f('ix_subscription_account_id'), table_name='subscription')
    op.drop_table('subscription')
    op.drop_index(op.f('ix_journal_transfer_entry_id'), table_name='journal_transfer')
    op.drop_table('journal_transfer')
    op.drop_index(op.f('ix_discount_grant_customer_id'), table_name='discount_grant')
    op.drop_index(op.f('ix_discount_grant_account_id'), table_name='discount_grant')
    op.drop_table('discount_grant')
    op.drop_index(op.f('ix_credit_note_invoice_id'), table_name='credit_note')
    op.drop_index(op.f('ix_credit_note_account_id'), table_name='credit_note')
    op.drop_table('credit_note')
    op.drop_index(op.f('ix_charge_account_id'), table_name='charge')
    op.drop_table('charge')
    op.drop_index(op.f('ix_arrangement_invoice_invoice_id'), table_name='arrangement_invoice')
    op.drop_table('arrangement_invoice')
    op.drop_index(op.f('ix_service_order_account_id'), table_name='service_order')
    op.drop_table('service_order')
    op.drop_index(op.f('ix_payment_account_id'), table_name='payment')
    op.drop_table('payment')
    op.drop_index(op.f('ix_journal_entry_account_id_posted_at'), table_name='journal_entry')
    op.drop_table('journal_entry')
    op.drop_index(op.f('ix_invoice_due_on'), table_name='invoice')
    op.drop_index(op.f('ix_invoice_account_id_issued_on'), table_name='invoice')
    op.drop_table('invoice')
    op.drop_index('ix_discount_offer_open', table_name='discount_offer', postgresql_where=sa.text("state = 'open'"))
    op.drop_index(op.f('ix_discount_offer_customer_id'), table_name='discount_offer')
    op.drop_table('discount_offer')
    op.drop_index('ix_arrangement_unbroken', table_name='arrangement', postgresql_where=sa.text('broken_on IS NULL'))
    op.drop_index(op.f('ix_arrangement_account_id'), table_name='arrangement')
    op.drop_table('arrangement')
    op.drop_index(op.f('ix_vaulted_secret_expires_at'), table_name='vaulted_secret')
    op.drop_table('vaulted_secret')
    op.drop_index('uq_support_case_open', table_name='support_case', postgresql_where=sa.text("state IN ('waiting', 'with_agent')"))
    op.drop_index('ix_support_case_line', table_name='support_case', postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f('ix_support_case_customer_id'), table_name='support_case')
    op.drop_index(op.f('ix_support_case_conversation_id'), table_name='support_case')
    op.drop_index('ix_support_case_closed', table_name='support_case', postgresql_where=sa.text("state = 'closed'"))
    op.drop_table('support_case')
    op.drop_table('promotion')
    op.drop_table('price')
    op.drop_table('pin')
    op.drop_index('ix_outbound_message_receipt', table_name='outbound_message')
    op.drop_index('ix_outbound_message_history', table_name='outbound_message')
    op.drop_index('ix_outbound_message_due', table_name='outbound_message', postgresql_where=sa.text("status IN ('queued', 'sending')"))
    op.drop_table('outbound_message')
    op.drop_index('ix_inbound_message_waiting', table_name='inbound_message', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_index('ix_inbound_message_history', table_name='inbound_message')
    op.drop_table('inbound_message')
    op.drop_index(op.f('ix_identification_customer_id'), table_name='identification')
    op.drop_table('identification')
    op.drop_index(op.f('ix_desk_session_expires_at'), table_name='desk_session')
    op.drop_index(op.f('ix_desk_session_agent_id'), table_name='desk_session')
    op.drop_table('desk_session')
    op.drop_index(op.f('ix_contact_kind_value'), table_name='contact')
    op.drop_table('contact')
    op.drop_index(op.f('ix_button_token_message_id'), table_name='button_token')
    op.drop_index(op.f('ix_button_token_conversation_id'), table_name='button_token')
    op.drop_table('button_token')
    op.drop_index(op.f('ix_account_customer_id'), table_name='account')
    op.drop_index(op.f('ix_account_billing_day'), table_name='account')
    op.drop_table('account')
    op.drop_table('queue_policy')
    op.drop_table('product')
    op.drop_index('ix_one_time_code_subject', table_name='one_time_code')
    op.drop_index(op.f('ix_one_time_code_conversation_id'), table_name='one_time_code')
    op.drop_index('ix_one_time_code_address', table_name='one_time_code')
    op.drop_table('one_time_code')
    op.drop_table('number_series')
    op.drop_table('idempotent_result')
    op.drop_index('ix_failed_try_subject', table_name='failed_try')
    op.drop_index('ix_failed_try_address', table_name='failed_try')
    op.drop_table('failed_try')
    op.drop_table('discount_budget')
    op.drop_index(op.f('ix_desk_sign_in_tries_last_at'), table_name='desk_sign_in_tries')
    op.drop_table('desk_sign_in_tries')
    op.drop_table('desk_agent')
    op.drop_table('customer')
    op.drop_index('uq_conversation_open', table_name='conversation', postgresql_where=sa.text('closed_at IS NULL'))
    op.drop_table('conversation')
    op.drop_index(op.f('ix_audit_entry_subject_at'), table_name='audit_entry')
    op.drop_table('audit_entry')
    op.drop_table('agent_presence')
    op.execute(sa.schema.DropSequence(sa.Sequence('message_position')))
