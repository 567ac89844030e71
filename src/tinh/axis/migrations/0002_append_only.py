# ruff: noqa: RUF012  # as Django writes it
"""The log is only ever added to, and whoever remembers the registry hears when it changes."""

from django.db import migrations

_APPEND_ONLY = """
create function axis_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'the message log is only ever added to (% of %)', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end $$;
"""
_LOG = ("axis_entry", "axis_batch", "axis_stamp")
_GENERATION = """
create table axis_generation (one boolean primary key default true check (one), number bigint not null);
insert into axis_generation (number) values (1);
create function axis_changed() returns trigger language plpgsql as $$
begin
    update axis_generation set number = number + 1;
    perform pg_notify('tinh_axis', '');
    return null;
end $$;
"""
_REGISTRY = (
    "axis_member", "axis_subsystem", "axis_credential", "axis_server", "axis_group", "axis_group_subsystems",
    "axis_service", "axis_right",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("axis", "0001_initial")]

    operations = [
        migrations.RunSQL(_APPEND_ONLY, "drop function axis_append_only()"),
        *[
            migrations.RunSQL(
                f"create trigger append_only before update or delete or truncate on {table} "
                "for each statement execute function axis_append_only(); "
                f"revoke update, delete, truncate on {table} from public, current_user",
                f"drop trigger append_only on {table}",
            )
            for table in _LOG
        ],
        migrations.RunSQL(_GENERATION, "drop table axis_generation; drop function axis_changed()"),
        *[
            migrations.RunSQL(
                f"create trigger changed after insert or update or delete on {table} "
                "for each statement execute function axis_changed()",
                f"drop trigger changed on {table}",
            )
            for table in _REGISTRY
        ],
    ]
