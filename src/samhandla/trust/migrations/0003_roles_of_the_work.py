"""The roles of the work, complete."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trust', '0002_viewer_functions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='access',
            name='role',
            field=models.CharField(choices=[('mentor', 'mentor'), ('class_teacher', 'klasslärare'), ('teacher', 'lärare'), ('work_team_leader', 'arbetslagsledare'), ('principal', 'rektor'), ('deputy_principal', 'biträdande rektor'), ('counsellor', 'kurator'), ('special_needs_teacher', 'specialpedagog'), ('psychologist', 'skolpsykolog'), ('school_nurse', 'skolsköterska'), ('emi_lead', 'medicinskt ledningsansvarig (MLA)'), ('school_doctor', 'skolläkare'), ('emi_head', 'verksamhetschef för elevhälsans medicinska insats'), ('attendance_officer', 'närvaroansvarig'), ('coach', 'elevcoach'), ('school_social_worker', 'skolsocionom'), ('social_pedagogue', 'socialpedagog'), ('wellbeing_coach', 'trivselcoach'), ('career_counsellor', 'studie- och yrkesvägledare'), ('school_administrator', 'skoladministratör'), ('data_administrator', 'systemförvaltare'), ('process_leader', 'processledare'), ('project_leader', 'projektledare'), ('controller', 'controller'), ('department_head', 'förvaltningschef'), ('operations_manager', 'verksamhetschef'), ('school_director', 'skolchef'), ('board_member', 'förtroendevald i nämnd'), ('county_steering_member', 'ledamot i länsstyrgrupp'), ('auditor', 'revisor'), ('evaluator', 'utvärderare'), ('economist', 'ekonom'), ('communicator', 'kommunikatör'), ('compulsory_school_officer', 'skolpliktshandläggare'), ('registrar', 'registrator'), ('archivist', 'arkivarie'), ('lawyer', 'jurist'), ('data_protection_officer', 'dataskyddsombud'), ('coordinator', 'samordnare'), ('social_worker', 'socialsekreterare'), ('family_therapist', 'familjebehandlare'), ('advice_coordinator', 'råd- och stödsamordnare'), ('parenting_supporter', 'föräldraskapsstödjare'), ('field_worker', 'fältare'), ('family_centre_worker', 'personal på familjecentral'), ('arts_school_teacher', 'kulturskolelärare'), ('labour_market_officer', 'arbetsmarknadshandläggare'), ('leisure_leader', 'fritidsledare'), ('association_leader', 'föreningsledare'), ('police', 'polis'), ('region_partner', 'regionens samverkanspart'), ('funding_partner', 'finansiär eller nationell part'), ('system_administrator', 'systemadministratör'), ('guardian', 'vårdnadshavare'), ('child', 'barn eller ung'), ('service', 'systemets egna jobb')], max_length=32),
        ),
    ]
