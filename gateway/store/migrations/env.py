"""Alembic's entry: runs the migrations on the engine handed over by `gateway.store.migrations`."""

from alembic import context

from gateway.store.models import Row

with context.config.attributes["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=True,
        compare_type=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
