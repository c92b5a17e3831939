"""Rate usage by tiers."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('price', sa.Column('from_unit', sa.Integer(), server_default=sa.text('1'), autoincrement=False, nullable=False))
    op.drop_constraint(op.f('pk_price'), 'price')
    op.create_primary_key(op.f('pk_price'), 'price', ['product_code', 'valid_from', 'from_unit'])
    op.create_check_constraint(op.f('ck_price_from_unit'), 'price', 'from_unit >= 1')


def downgrade() -> None:
    op.execute('DELETE FROM price WHERE from_unit > 1')
    op.drop_constraint(op.f('ck_price_from_unit'), 'price')
    op.drop_constraint(op.f('pk_price'), 'price')
    op.create_primary_key(op.f('pk_price'), 'price', ['product_code', 'valid_from'])
    op.drop_column('price', 'from_unit')
