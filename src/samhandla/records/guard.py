"""What the database itself holds about the register: numbers, one child, who reads what, and what may go.

A finalised document comes from `records_register` or `records_finalise` alone, which number it in the same
transaction; `records_dispose` alone removes one, and only what a registered decision of the board covers.
"""

from __future__ import annotations

from samhandla.people.queries import TODAY_SQL, in_force_sql
from samhandla.people.rules import KINDS_WITH_RIGHTS, MASKED

# Who keeps the register. EMI is an independent branch (OSL 8:2) with a register and keepers of its own.
KEEPERS = ("registrar", "archivist")
ARCHIVISTS = ("archivist",)
OF_EMI = ("emi_head",)

_AS_MAINT = "security definer set search_path = pg_catalog, public, pg_temp"
_AS_ASKER = "set search_path = pg_catalog, public, pg_temp"
_LOCK = 7352  # of the numbering; the second key is the authority's and the series'


def _listed(codes: tuple[str, ...] | frozenset[str]) -> str:
    return ", ".join(f"'{code}'" for code in sorted(codes))


_MINE = f"""(
    holder.actor_id = viewer_actor() or exists (
        select 1 from people_substitution x join people_staff there on there.id = x.stand_in_id
        where x.absent_id = holder.id and there.actor_id = viewer_actor() and {in_force_sql("x")}
    )
)"""

WORKS = """
    select exists (select 1 from trust_actor a where a.id = viewer_actor() and a.kind in ('staff', 'service'))
"""

DELEGATED = f"""
    select exists (
        select 1 from records_delegation g join people_staff s on s.id = g.staff_id
        where g.authority_id = viewer_authority() and s.authority_id = viewer_authority()
        and s.actor_id = viewer_actor() and {in_force_sql("g")} and g.decided_on <= {TODAY_SQL}
        and exists (select 1 from people_duty d where d.staff_id = s.id and {in_force_sql("d")})
    )
"""


def _domains(board: tuple[str, ...], more: str = "") -> str:
    return f"""
        select coalesce(array_agg(t.id), '{{}}') from trust_domain t
        where t.authority_id = viewer_authority() and (exists (
            select 1 from people_duty d
            join people_staff holder on holder.id = d.staff_id and holder.authority_id = viewer_authority()
            where {in_force_sql("d")} and {_MINE} and (
                (t.branch <> 'emi' and d.role in ({_listed(board)}))
                or (t.branch = 'emi' and d.role in ({_listed(OF_EMI)}))
            )
        ) {more})
    """


# A delegate reads the requests of the authority's own; the head of EMI those of EMI alone.
RECORD_DOMAINS = _domains(
    KEEPERS,
    f"""or (t.branch <> 'emi' and viewer_delegated() and not exists (
        select 1 from people_duty d join people_staff s on s.id = d.staff_id
        where s.actor_id = viewer_actor() and d.role in ({_listed(OF_EMI)}) and {in_force_sql("d")}
    ))""",
)
ARCHIVE_DOMAINS = _domains(ARCHIVISTS)

# What has been collected for somebody who has asked, until the request is closed.
REQUESTED = """
    select coalesce(array_agg(distinct i.document_id), '{}')
    from records_releaseitem i join records_releaserequest r on r.id = i.request_id
    where r.authority_id = viewer_authority() and r.state in ('open', 'decision')
    and i.domain_id = any(viewer_record_domains())
"""

_NUMBERED = f"""
        perform pg_advisory_xact_lock({_LOCK}, (viewer_authority() * 2 + (own.branch = 'emi')::int)::int);
        series := case when own.branch = 'emi' then 'EMI' else '' end;
        this_year := extract(year from {TODAY_SQL});
        select coalesce(max(d.number), 0) + 1 into next from records_document d
        where d.authority_id = viewer_authority() and d.series = records_series(own.branch)
        and d.year = this_year;
"""

SERIES = "select case when p_branch = 'emi' then 'EMI' else '' end"

REGISTER = f"""
    declare
        own record;
        about bigint := (p ->> 'child')::bigint;
        place bigint := (p ->> 'unit')::bigint;
        source text := p ->> 'source';
        found bigint;
        series text;
        this_year smallint;
        next integer;
    begin
        select t.* into own from trust_domain t
        where t.id = (p ->> 'domain')::smallint and t.authority_id = viewer_authority();
        if own.id is null or not viewer_works() then
            raise exception 'domain' using errcode = '42501';
        end if;
        if place is not null and not exists (
            select 1 from people_organisation o
            where o.id = place and o.authority_id = viewer_authority()
        ) then raise exception 'unit' using errcode = '42501'; end if;
        if source = '' and own.id <> all(viewer_record_domains())
            and p ->> 'kind' <> all(array[{{FREE}}])
        then
            raise exception 'source' using errcode = '42501';
        end if;
        if p ->> 'kind' = 'refusal' and not viewer_delegated() then
            raise exception 'delegation' using errcode = '42501';
        end if;
        if about is not null and source = '' then
            select c.id into found from people_child c
            where c.id = about and c.authority_id = viewer_authority();
        elsif about is not null and source = 'secrecy_transfer' then
            select r.child_id into found from secrecy_transfer r join trust_domain t on t.id = r.domain_id
            where r.id::text = p ->> 'source_key' and (
                t.authority_id = viewer_authority() or r.receiver_id = any(viewer_receivers())
            );
        elsif about is not null then
            execute format(
                'select r.child_id from %I r join trust_domain t on t.id = r.domain_id'
                ' where r.id::text = $1 and t.authority_id = viewer_authority()', source
            ) into found using p ->> 'source_key';
        end if;
        if found is distinct from about then
            raise exception 'another child' using errcode = '42501';
        end if;
        {_NUMBERED}
        insert into records_document (
            id, authority_id, domain_id, unit_id, child_id, kind, way, state, series, year, number, title,
            sender, recipient, dated, finalised_at, public, likely, paragraph, source, source_key,
            drawn_by_id, touched_at
        ) values (
            (p ->> 'id')::uuid, viewer_authority(), own.id, place, about, p ->> 'kind', p ->> 'way', 'final',
            series, this_year, next, p ->> 'title', p ->> 'sender', p ->> 'recipient',
            (p ->> 'dated')::date, now(), (p ->> 'public')::boolean, p ->> 'likely', '', source,
            p ->> 'source_key', viewer_actor(), now()
        );
        insert into records_documenttext (document_id, child_id, domain_id, unit_id, sealed, file, file_type)
        values ((p ->> 'id')::uuid, about, own.id, place, p_sealed, p_file, p ->> 'file_type');
        return btrim(series || ' ' || this_year || '/' || next);
    end
""".replace("{FREE}", "'board_figures', 'log_review'")

FINALISE = f"""
    declare
        own record;
        series text;
        this_year smallint;
        next integer;
    begin
        select t.* into own from records_document d join trust_domain t on t.id = d.domain_id
        where d.id = p_document and d.state = 'draft' and d.drawn_by_id = viewer_actor()
        and d.domain_id = any(viewer_record_domains());
        if own.id is null then raise exception 'draft' using errcode = '42501'; end if;
        {_NUMBERED}
        update records_document set state = 'final', series = records_series(own.branch), year = this_year,
            number = next, finalised_at = now(), touched_at = now()
        where id = p_document;
        return btrim(records_series(own.branch) || ' ' || this_year || '/' || next);
    end
"""

# What somebody who keeps the register may change by itself: its provision, and a draft of one's own.
KEPT = """
    declare
        -- The generated keys are not made yet when this is asked.
        free text[] := array['paragraph', 'paragraph_by_id', 'child_key', 'unit_key'];
    begin
        if current_user = 'samhandla_maint' then return new; end if;
        if old.state = 'final' and to_jsonb(new) - free <> to_jsonb(old) - free then
            raise exception 'finalised' using errcode = '42501';
        end if;
        if old.state = 'draft' and (
            new.state <> 'draft' or old.drawn_by_id <> viewer_actor() or new.drawn_by_id <> old.drawn_by_id
            or new.kind <> old.kind or new.authority_id <> old.authority_id or new.domain_id <> old.domain_id
            or new.child_id is distinct from old.child_id
        ) then raise exception 'draft' using errcode = '42501'; end if;
        return new;
    end
"""

# A request about one child collects documents about that child only; what has been given stays as it was.
ITEM = """
    declare
        asked record;
        said record;
    begin
        if current_user = 'samhandla_maint' then return coalesce(new, old); end if;
        if tg_op <> 'INSERT' and old.released_at is not null then
            raise exception 'released' using errcode = '42501';
        end if;
        if tg_op = 'DELETE' then return old; end if;
        select * into asked from records_releaserequest where id = new.request_id;
        select * into said from records_document where id = new.document_id;
        if asked.state <> 'open' or said.state <> 'final' or said.disposed_on is not null
            or said.authority_id <> asked.authority_id or said.domain_id <> new.domain_id
            or (asked.child_id is not null and said.child_id is distinct from asked.child_id)
        then raise exception 'item' using errcode = '42501'; end if;
        return new;
    end
"""

# A refusal is a formal decision: by somebody with delegation, and for good.
REQUEST = """
    begin
        if current_user = 'samhandla_maint' then return new; end if;
        if old.state = 'refused' or new.authority_id <> old.authority_id or new.kind <> old.kind
            or new.child_id is distinct from old.child_id or new.document_id <> old.document_id
        then raise exception 'decided' using errcode = '42501'; end if;
        if new.state = 'refused' and not viewer_delegated() then
            raise exception 'delegation' using errcode = '42501';
        end if;
        return new;
    end
"""

BY_NUMBER = """
    select i.child_id from people_childidentity i join people_child c on c.id = i.child_id
    where c.authority_id = viewer_authority() and i.blind_index = p_blind
    and cardinality(viewer_record_domains()) > 0
    order by i.child_id limit 1
"""

GUARDIANS = f"""
    select g.id, case when g.protection in ({_listed(MASKED)}) then ''
        else btrim(g.given_name || ' ' || g.family_name) end
    from people_guardianship s join people_guardian g on g.id = s.guardian_id
    join people_child c on c.id = s.child_id
    where s.child_id = p_child and c.authority_id = viewer_authority()
    and cardinality(viewer_record_domains()) > 0 and s.kind in ({_listed(KINDS_WITH_RIGHTS)})
    and s.valid_from <= {TODAY_SQL} and (s.valid_to is null or s.valid_to >= {TODAY_SQL})
    and c.birth_date + interval '18 years' > {TODAY_SQL}
    order by 2, 1
"""

# Ways to reach the family's other adults, and the names of those with protected identity: never handed out.
FAMILY = f"""
    select coalesce(array_agg(distinct word), '{{}}') from records_document d
    join people_guardianship s on s.child_id = d.child_id
    join people_guardian g on g.id = s.guardian_id
    cross join lateral unnest(array[g.email, g.phone] || case
        when g.protection in ({_listed(MASKED)}) then
            array[btrim(g.given_name || ' ' || g.family_name), g.family_name] else array[]::text[] end
    ) word
    where d.id = p_document and d.id = any(viewer_requested()) and word <> ''
    and g.id is distinct from p_guardian
"""

PROTECTED = f"""
    select exists (
        select 1 from records_document d join people_child c on c.id = d.child_id
        where d.id = p_document and d.domain_id = any(viewer_record_domains())
        and (c.protection in ({_listed(MASKED)}) or c.lifted_protection in ({_listed(MASKED)}))
    )
"""

# What a decision in force covers and whose time has come, with what keeps it all the same.
DUE = f"""
    select d.id, r.id, due.day, case
        when exists (
            select 1 from records_hold h join records_document x on x.id = h.document_id
            where h.authority_id = d.authority_id and h.lifted_on is null
            and (h.ends_on is null or h.ends_on >= {TODAY_SQL})
            and (h.document_id = d.id or (h.whole_child and x.child_id = d.child_id))
        ) then 'hold'
        when exists (
            select 1 from records_releaseitem i join records_releaserequest q on q.id = i.request_id
            where i.document_id = d.id and q.state in ('open', 'decision')
        ) or exists (
            select 1 from records_releaserequest q
            where q.document_id = d.id and q.state in ('open', 'decision')
        ) then 'request'
        when d.source <> '' and exists (
            select 1 from records_document x where x.source = d.source and x.source_key = d.source_key
            and x.authority_id <> d.authority_id and x.disposed_on is null
        ) then 'elsewhere'
        else '' end
    from records_document d
    join records_retentionrule r on r.authority_id = d.authority_id and r.kind = d.kind
        and not r.keep and r.decided_on <= {TODAY_SQL} and (r.ended_on is null or r.ended_on > {TODAY_SQL})
    left join people_child c on c.id = d.child_id
    cross join lateral (select ((case r.counted_from
        when 'adult' then c.birth_date + interval '18 years' else d.dated end
    ) + make_interval(years => r.years))::date as day) due
    where d.authority_id = viewer_authority() and d.domain_id = any(viewer_archive_domains())
    and d.state = 'final' and d.disposed_on is null and due.day <= {TODAY_SQL}
"""

# True when it is gone; false when something else still needs the row that it was made of.
DISPOSE = f"""
    declare
        said record;
        kept text;
        ours boolean := false;
    begin
        select x.keeps into kept from records_due() x where x.document = p_document;
        if not found then raise exception 'decision' using errcode = '42501'; end if;
        if kept <> '' then raise exception '%', kept using errcode = '42501'; end if;
        select * into said from records_document where id = p_document for update;
        begin
            if said.source <> '' and said.child_id is not null then
                execute format(
                    'delete from %I r using trust_domain t where r.id::text = $1 and t.id = r.domain_id'
                    ' and t.authority_id = viewer_authority()', said.source
                ) using said.source_key;
            end if;
            if said.kind = 'request' then
                delete from records_releaseitem i using records_releaserequest q
                where q.id = i.request_id and q.document_id = p_document;
                delete from records_releaserequest where document_id = p_document;
            end if;
            set constraints all immediate;
            set constraints all deferred;
        exception when foreign_key_violation then
            return false;
        end;
        delete from records_documenttext where document_id = p_document;
        update records_document set child_id = null, disposed_on = {TODAY_SQL}, title = '', sender = '',
            recipient = '', source = '', source_key = ''
        where id = p_document;
        return true;
    end
"""

# Drafts are no public records and are thrown away (rensas) without any decision; only the nightly job may.
PURGE = """
    declare
        gone uuid[];
    begin
        if not exists (select 1 from trust_actor a where a.id = viewer_actor() and a.kind = 'service') then
            raise exception 'service' using errcode = '42501';
        end if;
        select coalesce(array_agg(d.id), '{}') into gone from records_document d
        where d.authority_id = viewer_authority() and d.state = 'draft'
        and d.touched_at < now() - make_interval(days => greatest(p_days, 1));
        delete from records_documenttext where document_id = any(gone);
        delete from records_document where id = any(gone);
        return cardinality(gone);
    end
"""

INSTALL = f"""
    set local check_function_bodies = off;
    set local role samhandla_maint;
    create or replace function viewer_works() returns boolean
    language sql stable {_AS_MAINT} as $body$ {WORKS} $body$;
    create or replace function viewer_delegated() returns boolean
    language sql stable {_AS_MAINT} as $body$ {DELEGATED} $body$;
    create or replace function viewer_record_domains() returns smallint[]
    language sql stable {_AS_MAINT} as $body$ {RECORD_DOMAINS} $body$;
    create or replace function viewer_archive_domains() returns smallint[]
    language sql stable {_AS_MAINT} as $body$ {ARCHIVE_DOMAINS} $body$;
    create or replace function viewer_requested() returns uuid[]
    language sql stable {_AS_MAINT} as $body$ {REQUESTED} $body$;
    create or replace function records_series(p_branch text) returns text
    language sql immutable {_AS_MAINT} as $body$ {SERIES} $body$;
    create or replace function records_register(p jsonb, p_sealed bytea, p_file bytea) returns text
    language plpgsql volatile {_AS_MAINT} as $body$ {REGISTER} $body$;
    create or replace function records_finalise(p_document uuid) returns text
    language plpgsql volatile {_AS_MAINT} as $body$ {FINALISE} $body$;
    create or replace function records_kept() returns trigger
    language plpgsql volatile {_AS_ASKER} as $body$ {KEPT} $body$;
    create or replace function records_item() returns trigger
    language plpgsql volatile {_AS_ASKER} as $body$ {ITEM} $body$;
    create or replace function records_request() returns trigger
    language plpgsql volatile {_AS_ASKER} as $body$ {REQUEST} $body$;
    create or replace function records_child_by_number(p_blind text) returns bigint
    language sql stable {_AS_MAINT} as $body$ {BY_NUMBER} $body$;
    create or replace function records_guardians(p_child bigint) returns table (id uuid, name text)
    language sql stable {_AS_MAINT} as $body$ {GUARDIANS} $body$;
    create or replace function records_family_words(p_document uuid, p_guardian uuid) returns text[]
    language sql stable {_AS_MAINT} as $body$ {FAMILY} $body$;
    create or replace function records_protected(p_document uuid) returns boolean
    language sql stable {_AS_MAINT} as $body$ {PROTECTED} $body$;
    create or replace function records_due()
    returns table (document uuid, rule bigint, due date, keeps text)
    language sql stable {_AS_MAINT} as $body$ {DUE} $body$;
    create or replace function records_dispose(p_document uuid) returns boolean
    language plpgsql volatile {_AS_MAINT} as $body$ {DISPOSE} $body$;
    create or replace function records_purge(p_days integer) returns bigint
    language plpgsql volatile {_AS_MAINT} as $body$ {PURGE} $body$;
    reset role;
    set local check_function_bodies = on;
"""
