"""What search finds tickets by: the index, the marks of what it has still to be told of, and who leaves them.

Marks are left by triggers: every statement that changes what the index is made of passes them, and they cost the
transaction of a mail no further round trip. Tickets that exist are marked here and indexed by the slow queue.

A later migration that rebuilds one of these tables on SQLite takes its triggers away and has to call `watch` again.
"""

import sqlalchemy as sa
from alembic import op

from gateway.store.models import columns

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

WATCHED = {
    'ticket': ('{row}.id', 'subject, requester_email, requester_name, aws_account_id'),
    'message': ('{row}.ticket_id', 'ticket_id, direction, held, author_name, author_email, subject, text, new_text'),
    'attachment': ('ticket_id FROM message WHERE message.id = {row}.message_id', 'filename'),
    'aws_case': ('{row}.ticket_id WHERE {row}.ticket_id IS NOT NULL', 'ticket_id, case_id, display_id, subject'),
}
"""Table → which ticket a row of it belongs to, and the columns that are searched."""
MOMENTS = {'new': ('INSERT', ('NEW',)), 'changed': ('UPDATE OF {0}', ('OLD', 'NEW')), 'gone': ('DELETE', ('OLD',))}


def upgrade() -> None:
    op.create_table('search_due',
    sa.Column('id', columns.Identity, nullable=False),
    sa.Column('ticket_id', columns.Identity, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_search_due'))
    )
    if op.get_bind().dialect.name == 'sqlite':
        op.execute("""
            CREATE VIRTUAL TABLE search_index
            USING fts5(shown, desk, tokenize = "ascii tokenchars '@._+-'", columnsize = 0)
        """)
    else:  # out of line, so that the rows which a common word finds stand on few pages
        op.execute("""
            CREATE TABLE search_index (ticket_id bigint PRIMARY KEY, words tsvector NOT NULL)
            WITH (toast_tuple_target = 128)
        """)
        op.execute("ALTER TABLE search_index ALTER COLUMN words SET STORAGE EXTERNAL")
        op.execute("CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)")
    for name in WATCHED:
        watch(name)
    op.execute("INSERT INTO search_due (ticket_id) SELECT id FROM ticket ORDER BY id")


def downgrade() -> None:
    for name in WATCHED:
        for moment in MOMENTS:
            where = '' if op.get_bind().dialect.name == 'sqlite' else f' ON {name}'
            op.execute(f"DROP TRIGGER search_{name}_{moment}{where}")
            if where:
                op.execute(f"DROP FUNCTION search_{name}_{moment}()")
    op.drop_table('search_index')
    op.drop_table('search_due')


def watch(name: str) -> None:
    """Leave a mark whenever a row of this table comes, changes what is searched, or goes."""
    ticket, searched = WATCHED[name]
    for moment, (what, rows) in MOMENTS.items():
        mark = ' '.join(f"INSERT INTO search_due (ticket_id) SELECT {ticket.format(row=row)};" for row in rows)
        trigger, when = f'search_{name}_{moment}', what.format(searched)
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f"CREATE TRIGGER {trigger} AFTER {when} ON {name} BEGIN {mark} END")
        else:
            op.execute(f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS "
                       f"$$ BEGIN {mark} RETURN NULL; END $$")
            op.execute(f"CREATE TRIGGER {trigger} AFTER {when} ON {name} FOR EACH ROW EXECUTE FUNCTION {trigger}()")
