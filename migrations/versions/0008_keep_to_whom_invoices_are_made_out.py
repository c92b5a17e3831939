"""Keep to whom invoices are made out, and the moment of their issue."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('invoice', sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        'billing_details',
        sa.Column('account_id', sa.Uuid(), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('name', sa.String(length=200), nullable=False),
        sa.Column('tax_id', sa.String(length=12), nullable=True),
        sa.Column('registration', sa.String(length=40), nullable=True),
        sa.Column('street', sa.String(length=150), nullable=False),
        sa.Column('city', sa.String(length=50), nullable=False),
        sa.Column('county', sa.String(length=6), nullable=False),
        sa.Column('postal_code', sa.String(length=20), nullable=False),
        sa.Column('country', sa.String(length=2), nullable=False),
        sa.CheckConstraint("county <> 'RO-B' or city ~ '^Sector [1-6]$'", name=op.f('ck_billing_details_city')),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_billing_details_account_id_account')),
        sa.PrimaryKeyConstraint('account_id', 'valid_from', name=op.f('pk_billing_details')),
    )


def downgrade() -> None:
    op.drop_table('billing_details')
    op.drop_column('invoice', 'issued_at')
