-- One municipality, statement by statement. Numbers are chosen so that keys need no look-up:
-- class n has mentor n; pupil n goes in class 1 + (n - 1) % $classes.

insert into trust_authority (id, name, kind, organisation_number, municipality_code)
values (1, 'Barn- och skolnämnden', 'board', '', '');

insert into trust_domain (id, authority_id, branch) values (1, 1, 'school'), (2, 1, 'emi');

insert into detect_ladderstep
    (id, authority_id, number, name, trigger, trigger_kind, role, school_days, forms, talk_card, copy_sentence, tone,
    contact, with_guardian, is_inquiry, valid_from)
values (1, 1, 1, 'Samtal', '', 'signal', 'mentor', 5, '[]', '', '', '', '', false, false, '$first_day');

insert into people_organisation
    (id, authority_id, kind, name, skolenhetskod, school_forms, adult_phone)
select n, 1, 'school_unit', 'Skola ' || n, '', '["GR"]', '' from generate_series(1, $units) n;

insert into people_schoolday (unit_id, date, day_no, term, after_break)
select unit, day, number, 'HT', false
from generate_series(1, $units) unit, (
    select d::date as day, row_number() over (order by d) as number
    from generate_series(date '$first_day', date '$first_day' + 400, interval '1 day') d
    where extract(isodow from d) < 6 and extract(month from d) <> 7
) days;

insert into people_group (id, unit_id, kind, name, school_year, valid_from)
select n, 1 + (n - 1) % $units, 'class', 'K' || n, 7, '$first_day' from generate_series(1, $classes) n;

-- The first are mentors, then principals and counsellors in turn; the others teach a class.
insert into trust_actor (id, kind, authority_id, name)
select n, 'staff', 1, 'Person ' || n from generate_series(1, $staff) n;

insert into trust_actor (id, kind, authority_id, name) values (1000000, 'service', 1, 'Samhandla');

insert into people_staff (id, authority_id, actor_id, given_name, family_name, email, phone, eppn)
select n, 1, n, 'Person', 'Nr ' || n, '', '', '' from generate_series(1, $staff) n;

insert into people_assignment (staff_id, group_id, role, valid_from)
select n, n, 'mentor', '$first_day' from generate_series(1, $classes) n;

insert into people_assignment (staff_id, group_id, role, valid_from)
select n, 1 + n % $classes, 'teacher', '$first_day'
from generate_series($classes + 4 * $units + 1, $staff) n;

insert into people_duty (staff_id, unit_id, role, valid_from)
select n, 1 + (n - 1) % $units, case when (n - $classes - 1) / $units < 2 then 'principal' else 'counsellor' end,
    '$first_day'
from generate_series($classes + 1, $classes + 4 * $units) n;

insert into people_child
    (id, ref, authority_id, unit_id, given_name, family_name, protection, lifted_protection, birth_date,
    sex, adapted)
select n, gen_random_uuid(), 1, 1 + ((n - 1) % $classes) % $units, 'Elev', 'Nr ' || n, 'none', 'none',
    '2012-05-02', 'K', false
from generate_series(1, $pupils) n;

insert into people_enrolment (child_id, domain_id, unit_id, form, school_year, main, valid_from)
select id, 1, unit_id, 'GR', 7, true, '$first_day' from people_child;

insert into people_membership (child_id, domain_id, unit_id, group_id, valid_from)
select id, 1, unit_id, 1 + (id - 1) % $classes, '$first_day' from people_child;

select people_derive_access(1);

set constraints all immediate;

-- Day by day, so that a pupil's rows lie far apart; every ninth row has absence.
insert into analytics_attendanceday
    (child_id, domain_id, unit_id, date, lessons, absent_lessons, offered, present, valid, invalid, other,
    reported, late_lessons, late_minutes, not_participating, batch_id)
select child, 1, unit_id, date, 6, away / 54, 320, 320 - away, away, 0, 0, 320, 0, 0, 0, 1
from (
    select c.id as child, c.unit_id, d.date,
        case when hashint8(c.id * 1000 + d.day_no) % 9 = 0 then 320 else 0 end as away
    from people_schoolday d join people_child c on c.unit_id = d.unit_id
    where d.day_no <= $school_days
) rows
order by date, child;

-- Some two living signals in a class of 25, one good news, and four that have ended.
insert into detect_signal
    (child_id, domain_id, unit_id, state, good_news, owner_role, opened_on, shown_on, due_on, closed_on,
    closed_why)
select id, 1, unit_id, state, part = 1, 'mentor', '$opened', '$opened', '$due',
    case when state = 'closed' then date '$opened' end, ''
from (
    select id, unit_id, part,
        case when part in (0, 12) then 'open' when part = 1 then 'followed' else 'closed' end as state
    from (select id, unit_id, abs(hashint8(id)) % 24 as part from people_child) parts
) pupils
where part in (0, 12, 1, 2, 3, 4, 5)
order by hashint8(id);

insert into detect_reason
    (child_id, domain_id, unit_id, signal_id, rule, version, since, numbers, parameters, first_seen, last_seen)
select child_id, 1, unit_id, id, rule, 1, opened_on,
    '{"share": 0.2, "threshold": 0.15, "days": 12, "absent_minutes": 900, "offered_minutes": 4500}', '{}',
    opened_on, opened_on
from detect_signal, (values ('level_year'), ('level_term')) rules(rule);

insert into detect_answer (child_id, domain_id, unit_id, signal_id, kind, reason, by_id, at, "on")
select child_id, 1, unit_id, id, 'act', 'Samtal', 1, now(), opened_on from detect_signal where state = 'closed';

insert into detect_contactnote (child_id, domain_id, unit_id, signal_id, kind, chips, words, by_id, "on")
select child_id, 1, unit_id, id, 'talk', '[]', '', 1, opened_on from detect_signal;

insert into detect_steptaken (child_id, domain_id, unit_id, signal_id, step_id, started_on, note)
select child_id, 1, unit_id, id, 1, opened_on, '' from detect_signal where state <> 'closed';
