"""The watch over reports: rises, developing situations, floods; and what a mission sets for it."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0006_duplicates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Clearing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('working', 'Working'), ('done', 'Done'), ('parked', 'Parked')], default='pending', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('verb', models.CharField(choices=[('let_in', 'Let In'), ('dismiss', 'Dismiss')], max_length=10)),
                ('reason', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cleared', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Part',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='Situation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('latitude', models.DecimalField(decimal_places=6, max_digits=9)),
                ('longitude', models.DecimalField(decimal_places=6, max_digits=9)),
                ('cell', models.BigIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Surge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('cell', 'Category and perpetrator'), ('department', 'Department'), ('mission', 'Mission')], max_length=10)),
                ('perpetrator', models.CharField(blank=True, choices=[('police', 'Police'), ('armed_forces', 'Armed forces'), ('gendarmerie', 'Gendarmerie'), ('intelligence', 'Intelligence service'), ('prison_officials', 'Prison officials'), ('presidential_guard', 'Presidential guard'), ('national_officials', 'National officials'), ('local_officials', 'Local officials'), ('paramilitary', 'Paramilitary group'), ('vigilante', 'Vigilante group'), ('pro_government_group', 'Pro-government group'), ('opposition_group', 'Opposition group'), ('private_security', 'Private security'), ('crowd', 'Crowd'), ('unknown', 'Unknown')], max_length=30)),
                ('category', models.CharField(blank=True, choices=[('death_threat', 'Death threat'), ('verbal_threat', 'Threat'), ('intimidation', 'Intimidation in elections'), ('harassment', 'Harassment'), ('surveillance', 'Surveillance or following'), ('observer_obstruction', 'Observer obstructed or expelled'), ('movement_restriction', 'Checkpoint, restriction of movement'), ('search_seizure', 'Search, raid or confiscation'), ('arrest_detention', 'Arrest or detention'), ('enforced_disappearance', 'Enforced disappearance'), ('physical_assault', 'Physical assault'), ('torture_ill_treatment', 'Torture or ill-treatment'), ('sexual_violence', 'Sexual violence'), ('excessive_force', 'Excessive force on a crowd (tear gas, rubber bullets)'), ('shooting', 'Use of firearms'), ('killing', 'Killing'), ('voter_suppression', 'Denial of the right to vote'), ('property_damage', 'Damage to property or election material'), ('other', 'Other')], max_length=30)),
                ('window_start', models.DateTimeField()),
                ('window_end', models.DateTimeField()),
                ('observed', models.PositiveIntegerField()),
                ('expected', models.FloatField()),
                ('score', models.FloatField()),
                ('method', models.CharField(max_length=20)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(null=True)),
                ('acknowledged_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ('-opened_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('working', 'Working'), ('done', 'Done'), ('parked', 'Parked')], default='pending', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lease_until', models.DateTimeField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=200)),
                ('seen_until', models.DateTimeField(null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('received_at', models.DateTimeField()),
                ('band_1', models.IntegerField()),
                ('band_2', models.IntegerField()),
                ('band_3', models.IntegerField()),
                ('band_4', models.IntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='device',
            name='invitation',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='devices', to='incidents.invitation'),
        ),
        migrations.AddField(
            model_name='mission',
            name='false_alarms_per_week',
            field=models.FloatField(default=1.0, help_text='Of the warning that reports are rising, on quiet days. Fewer means that a rise is noticed later.', validators=[django.core.validators.MinValueValidator(0.01), django.core.validators.MaxValueValidator(50)], verbose_name='false alarms a week'),
        ),
        migrations.AddField(
            model_name='mission',
            name='flood_minutes',
            field=models.PositiveIntegerField(default=10, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='within so many minutes'),
        ),
        migrations.AddField(
            model_name='mission',
            name='flood_reports',
            field=models.PositiveIntegerField(default=20, help_text='What one phone sends beyond this is held apart: stored, seen at the desk, out of the queue.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(10000)], verbose_name='reports of one phone'),
        ),
        migrations.AddField(
            model_name='mission',
            name='situation_metres',
            field=models.PositiveIntegerField(default=2000, validators=[django.core.validators.MinValueValidator(50), django.core.validators.MaxValueValidator(50000)], verbose_name='metres apart at most'),
        ),
        migrations.AddField(
            model_name='mission',
            name='situation_minutes',
            field=models.PositiveIntegerField(default=60, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(1440)], verbose_name='minutes apart at most'),
        ),
        migrations.AddField(
            model_name='mission',
            name='situation_monitors',
            field=models.PositiveSmallIntegerField(default=3, help_text='So many monitors, close to each other in place and time, make one developing situation.', validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(100)], verbose_name='monitors of a situation'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='kind',
            field=models.CharField(choices=[('new_incident', 'New incident'), ('danger', 'Monitor in danger'), ('situation', 'Developing situation'), ('surge', 'More reports than usual'), ('flood', 'Flood from one phone'), ('danger_flood', 'Danger reported many times by one phone')], max_length=20),
        ),
        migrations.AlterField(
            model_name='incident',
            name='held',
            field=models.CharField(blank=True, choices=[('revoked_device', 'Sent from a revoked phone'), ('flood', 'One of too many from one phone'), ('alike', 'Nearly the same words, many times, from few phones')], max_length=20, verbose_name='held apart'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='held',
            field=models.CharField(blank=True, choices=[('revoked_device', 'Sent from a revoked phone'), ('flood', 'One of too many from one phone'), ('alike', 'Nearly the same words, many times, from few phones')], max_length=20),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['device', 'received_at'], name='report_device'),
        ),
        migrations.AddField(
            model_name='clearing',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='clearing',
            name='device',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='clearings', to='incidents.device'),
        ),
        migrations.AddField(
            model_name='clearing',
            name='invitation',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='clearings', to='incidents.invitation'),
        ),
        migrations.AddField(
            model_name='clearing',
            name='mission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clearings', to='incidents.mission'),
        ),
        migrations.AddField(
            model_name='part',
            name='incident',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='part', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='situation',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='situations', to='incidents.boundary'),
        ),
        migrations.AddField(
            model_name='situation',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='merged', to='incidents.situation'),
        ),
        migrations.AddField(
            model_name='situation',
            name='mission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='situations', to='incidents.mission'),
        ),
        migrations.AddField(
            model_name='part',
            name='situation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='incidents.situation'),
        ),
        migrations.AddField(
            model_name='surge',
            name='acknowledged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='surge',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='surges', to='incidents.boundary'),
        ),
        migrations.AddField(
            model_name='surge',
            name='incidents',
            field=models.ManyToManyField(db_constraint=False, related_name='surges', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='surge',
            name='mission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surges', to='incidents.mission'),
        ),
        migrations.AddField(
            model_name='watch',
            name='mission',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='watch', to='incidents.mission'),
        ),
        migrations.AddField(
            model_name='wording',
            name='mission',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='incidents.mission'),
        ),
        migrations.AddField(
            model_name='wording',
            name='report',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='wording', to='incidents.report'),
        ),
        migrations.AddIndex(
            model_name='clearing',
            index=models.Index(fields=['state', 'next_try_at'], name='clearing_due'),
        ),
        migrations.AddIndex(
            model_name='situation',
            index=models.Index(fields=['mission', 'last_at'], name='situation_last'),
        ),
        migrations.AddIndex(
            model_name='surge',
            index=models.Index(fields=['mission', 'closed_at'], name='surge_open'),
        ),
        migrations.AddIndex(
            model_name='wording',
            index=models.Index(fields=['mission', 'band_1', 'received_at'], name='wording_band_1'),
        ),
        migrations.AddIndex(
            model_name='wording',
            index=models.Index(fields=['mission', 'band_2', 'received_at'], name='wording_band_2'),
        ),
        migrations.AddIndex(
            model_name='wording',
            index=models.Index(fields=['mission', 'band_3', 'received_at'], name='wording_band_3'),
        ),
        migrations.AddIndex(
            model_name='wording',
            index=models.Index(fields=['mission', 'band_4', 'received_at'], name='wording_band_4'),
        ),
    ]
