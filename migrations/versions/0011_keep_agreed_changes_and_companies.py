"""Keep agreed changes, several accounts by name, and companies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('service_change',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('from_day', sa.Date(), nullable=False),
    sa.Column('old_code', sa.String(), nullable=True),
    sa.Column('new_code', sa.String(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ordered_by', sa.String(), nullable=False),
    sa.Column('taken_by', sa.String(), nullable=False),
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('promise', sa.String(), nullable=False),
    sa.Column('charge_id', sa.Uuid(), nullable=True),
    sa.Column('undo', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_by', sa.String(), nullable=True),
    sa.CheckConstraint("kind in ('plan', 'add_on', 'remove_add_on', 'cancel')", name=op.f('ck_service_change_kind')),
    sa.CheckConstraint('(withdrawn_at is null) = (withdrawn_by is null)', name=op.f('ck_service_change_withdrawn')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_service_change_account_id_account')),
    sa.ForeignKeyConstraint(['charge_id'], ['charge.id'], name=op.f('fk_service_change_charge_id_charge'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['new_code'], ['product.code'], name=op.f('fk_service_change_new_code_product')),
    sa.ForeignKeyConstraint(['old_code'], ['product.code'], name=op.f('fk_service_change_old_code_product')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_change'))
    )
    op.create_index(op.f('ix_service_change_account_id'), 'service_change', ['account_id'], unique=False)
    op.add_column('account', sa.Column('label', sa.String(), nullable=True))
    op.add_column('account', sa.Column('address', sa.String(), nullable=True))
    op.add_column('customer', sa.Column('kind', sa.String(), server_default='residential', nullable=False))
    op.add_column('customer', sa.Column('company_name', sa.String(), nullable=True))
    op.add_column('customer', sa.Column('tax_id', sa.String(), nullable=True))
    op.add_column('customer', sa.Column('iban', sa.String(), nullable=True))
    op.create_check_constraint(op.f('ck_customer_kind'), 'customer', "kind in ('residential', 'business')")
    op.create_check_constraint(
        op.f('ck_customer_business'),
        'customer',
        "kind = 'residential' or (company_name is not null and tax_id is not null)",
    )
    op.add_column('product', sa.Column('goes_with', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('product', sa.Column('minimum_term_months', sa.Integer(), nullable=True))
    op.add_column('service_order', sa.Column('taken_by', sa.String(), nullable=True))
    op.add_column('service_order', sa.Column('effective_on', sa.Date(), nullable=True))
    op.add_column('service_order', sa.Column('promised_net_minor', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column('service_order', 'promised_net_minor')
    op.drop_column('service_order', 'effective_on')
    op.drop_column('service_order', 'taken_by')
    op.drop_column('product', 'minimum_term_months')
    op.drop_column('product', 'goes_with')
    op.drop_constraint(op.f('ck_customer_business'), 'customer')
    op.drop_constraint(op.f('ck_customer_kind'), 'customer')
    op.drop_column('customer', 'iban')
    op.drop_column('customer', 'tax_id')
    op.drop_column('customer', 'company_name')
    op.drop_column('customer', 'kind')
    op.drop_column('account', 'address')
    op.drop_column('account', 'label')
    op.drop_index(op.f('ix_service_change_account_id'), table_name='service_change')
    op.drop_table('service_change')
