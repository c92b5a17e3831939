"""Reverse payments."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('payment', sa.Column('reversed_on', sa.Date(), nullable=True))
    op.drop_constraint(op.f('ck_allocation_positive'), 'allocation')
    op.create_check_constraint(op.f('ck_allocation_not_zero'), 'allocation', 'amount_minor <> 0')


def downgrade() -> None:
    op.drop_constraint(op.f('ck_allocation_not_zero'), 'allocation')
    op.create_check_constraint(op.f('ck_allocation_positive'), 'allocation', 'amount_minor > 0')
    op.drop_column('payment', 'reversed_on')
