"""How much may whom give back at once?"""

from billing_backend.contract import AboveLimit, Tier
from billing_backend.money import Money
from billing_backend.policy import Policy


def above_limit(amount: Money, tier: Tier, policy: Policy) -> AboveLimit | None:
    """Why this tier may not correct so much; None when it may."""
    limit = policy.correction_limits[tier]
    if limit is None or amount <= limit:
        return None
    able = [
        each
        for each in Tier
        if (of_tier := policy.correction_limits[each]) is None or amount <= of_tier
    ]
    return AboveLimit(amount=amount, limit=limit, needs=able[0] if able else Tier.SUPERVISOR)
