import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('patients', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stopped', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('check-ins', 'short questions between visits'), ('guidance', 'advice, and how things are going later')], max_length=12), default=list, size=None)),
                ('changed_at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(help_text='User; empty when the patient did it by link.', null=True)),
                ('patient', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='preference', to='patients.patient')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('stopped__contained_by', ['check-ins', 'guidance'])), name='stopped_groups_are_known')],
            },
        ),
        migrations.CreateModel(
            name='PatientLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('purpose', models.CharField(choices=[('own-page', 'own page'), ('visit', 'one visit'), ('preferences', 'which mails')], max_length=12)),
                ('subject_id', models.BigIntegerField(default=0, help_text='The visit it is for, 0 for none.')),
                ('version', models.PositiveIntegerField(default=1, help_text='Part of the token; +1 makes older links stale.')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('sent_to', models.CharField(help_text='The address it was made for.', max_length=254)),
                ('made_at', models.DateTimeField()),
                ('birth_date_tries', models.PositiveSmallIntegerField(default=0)),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='patients.patient')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('patient', 'purpose', 'subject_id'), name='one_link_a_purpose_and_subject')],
            },
        ),
    ]
