"""Park accounts that cannot be billed."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('parked_account',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.Column('parked_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_parked_account_account_id_account')),
    sa.PrimaryKeyConstraint('account_id', name=op.f('pk_parked_account'))
    )


def downgrade() -> None:
    op.drop_table('parked_account')
