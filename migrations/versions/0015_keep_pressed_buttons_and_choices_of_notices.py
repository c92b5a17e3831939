"""Keep which buttons were pressed and which notices customers want."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notice_choice',
    sa.Column('customer_id', sa.Uuid(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('wanted', sa.Boolean(), nullable=False),
    sa.Column('stated_in', sa.String(), nullable=False),
    sa.Column('stated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_notice_choice_customer_id_customer'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('customer_id', 'topic', name=op.f('pk_notice_choice'))
    )
    op.add_column('button_token', sa.Column('pressed_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('customer', sa.Column('wants_notices', sa.Boolean(), server_default=sa.text('true'), nullable=False))
    op.add_column('customer', sa.Column('notice_channel', sa.String(), nullable=True))
    op.create_check_constraint(
        op.f('ck_customer_notice_channel'), 'customer', "notice_channel in ('telegram', 'sms')"
    )


def downgrade() -> None:
    op.drop_constraint(op.f('ck_customer_notice_channel'), 'customer', type_='check')
    op.drop_column('customer', 'notice_channel')
    op.drop_column('customer', 'wants_notices')
    op.drop_column('button_token', 'pressed_at')
    op.drop_table('notice_choice')
