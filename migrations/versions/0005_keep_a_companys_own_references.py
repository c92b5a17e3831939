"""Keep a company's own references."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('account', sa.Column('reference', sa.String(), nullable=True))
    op.create_unique_constraint(op.f('uq_account_reference'), 'account', ['reference'])
    op.add_column('customer', sa.Column('reference', sa.String(), nullable=True))
    op.create_unique_constraint(op.f('uq_customer_reference'), 'customer', ['reference'])


def downgrade() -> None:
    op.drop_constraint(op.f('uq_customer_reference'), 'customer', type_='unique')
    op.drop_column('customer', 'reference')
    op.drop_constraint(op.f('uq_account_reference'), 'account', type_='unique')
    op.drop_column('account', 'reference')
