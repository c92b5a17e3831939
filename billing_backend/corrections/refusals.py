"""Why was nothing credited, in one plain sentence for operators and programs?"""

from billing_backend.contract import AboveLimit, CreditRefused


def why_not(refused: AboveLimit | CreditRefused) -> str:
    if isinstance(refused, AboveLimit):
        return f"{refused.amount} is above the limit of {refused.limit}: a {refused.needs} may"
    why = {
        "nothing_left": "nothing is left to credit",
        "more_than_left": f"only {refused.left} are left to credit",
        "changed_meanwhile": f"somebody was faster; {refused.left} are left to credit",
    }[refused.reason]
    last = refused.last
    if last is None:
        return why
    return f"{why}: {last.by} credited {last.amount} on {last.on} ({last.number}, {last.reason})"
