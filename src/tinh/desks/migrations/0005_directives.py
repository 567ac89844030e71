# ruff: noqa: RUF012  # as Django writes it
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_words_and_chain"),
        ("desks", "0004_cover_sent"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Directive",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="directive",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("issued_by", models.CharField(max_length=200)),
                ("cooperating", models.JSONField(default=list)),
                ("number", models.CharField(blank=True, max_length=60)),
                ("signed_on", models.DateField(null=True)),
                ("causes", models.JSONField(default=list)),
                ("done", models.PositiveSmallIntegerField(null=True)),
                ("progress", models.TextField(blank=True)),
                ("progress_at", models.DateTimeField(null=True)),
                ("asked_until", models.DateField(null=True)),
                ("asked_why", models.TextField(blank=True)),
                ("result", models.CharField(blank=True, max_length=12)),
                ("answer", models.TextField(blank=True)),
                ("reported_at", models.DateTimeField(null=True)),
                ("returned", models.PositiveSmallIntegerField(default=0)),
                (
                    "issuer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "desks_directive",
            },
        ),
    ]
