-- The database of an observatory, with every kind of object and property that PostgreSQL 13 has and
-- a snapshot tells of. catalogue_test.cc makes the function public.joined(), loads this, carries it
-- over, and changes it.
CREATE SCHEMA sky;
CREATE SCHEMA "Night Shift";
COMMENT ON SCHEMA sky IS 'what can be seen; and what can''t';
COMMENT ON SCHEMA public IS 'visitors';

-- Types. Those that loop through functions first.
CREATE TYPE sky.magnitude;
CREATE FUNCTION sky.magnitude_in(cstring) RETURNS sky.magnitude LANGUAGE internal IMMUTABLE STRICT AS 'float8in';
CREATE FUNCTION sky.magnitude_out(sky.magnitude) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'float8out';
CREATE TYPE sky.magnitude (INPUT = sky.magnitude_in, OUTPUT = sky.magnitude_out, INTERNALLENGTH = 8, PASSEDBYVALUE, ALIGNMENT = double, CATEGORY = 'N', DEFAULT = '0');
CREATE TYPE sky.unfinished;
CREATE TYPE sky.band AS ENUM ('u', 'b', 'v', 'near infrared', 'it''s all');
CREATE TYPE sky.place AS (ra double precision, dec double precision, "name of it" text COLLATE "C");
COMMENT ON TYPE sky.place IS 'J2000';
COMMENT ON COLUMN sky.place.dec IS 'degrees';
CREATE TYPE sky.empty_row AS ();
CREATE DOMAIN sky.percent AS numeric(5,2) DEFAULT 50 NOT NULL CONSTRAINT in_hundred CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN sky.code AS text COLLATE "C" CONSTRAINT not_blank CHECK (VALUE <> '');
ALTER DOMAIN sky.code ADD CONSTRAINT short CHECK (length(VALUE) < 9) NOT VALID;
COMMENT ON CONSTRAINT in_hundred ON DOMAIN sky.percent IS 'both ends';
CREATE TYPE sky.nights;
CREATE FUNCTION sky.nights_canonical(sky.nights) RETURNS sky.nights LANGUAGE internal IMMUTABLE STRICT AS 'daterange_canonical';
CREATE TYPE sky.nights AS RANGE (SUBTYPE = date, CANONICAL = sky.nights_canonical, SUBTYPE_DIFF = daterange_subdiff);
CREATE TYPE sky.words AS RANGE (SUBTYPE = text, COLLATION = "POSIX", SUBTYPE_OPCLASS = text_pattern_ops);

-- Routines.
CREATE FUNCTION sky.brighter(a sky.place, b sky.place) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 7 AS $$ SELECT (a).ra < (b).ra $$;
CREATE FUNCTION sky.not_brighter(a sky.place, b sky.place) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT (a).ra >= (b).ra $$;
CREATE FUNCTION sky.mean(a numeric, b numeric = 2, VARIADIC more numeric[] = '{}') RETURNS numeric LANGUAGE plpgsql STABLE SECURITY DEFINER SET work_mem = '8MB' SET search_path = sky, pg_temp AS $_$
BEGIN
  RETURN (a + b) / 2; -- $$ and 'this' and ;
END $_$;
COMMENT ON FUNCTION sky.mean(numeric, numeric, numeric[]) IS 'of two';
CREATE FUNCTION sky.mean(a integer) RETURNS integer LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT a';
CREATE FUNCTION sky.pairs(n integer, OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql STABLE ROWS 12 AS $$ SELECT g, g::text FROM generate_series(1, n) g $$;
CREATE FUNCTION sky.place_of() RETURNS bigint LANGUAGE internal WINDOW IMMUTABLE STRICT AS 'window_row_number';
CREATE PROCEDURE sky.observe(INOUT n integer, note text DEFAULT 'none') LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$;
CREATE FUNCTION sky.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION sky.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION sky.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION sky.add(s numeric, v numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(s, 0) + v';
CREATE FUNCTION sky.half(s numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT s / 2';
CREATE AGGREGATE sky.half_sum(numeric) (SFUNC = sky.add, STYPE = numeric, SSPACE = 64, FINALFUNC = sky.half, FINALFUNC_MODIFY = SHAREABLE, COMBINEFUNC = sky.add, INITCOND = '1', PARALLEL = RESTRICTED);
CREATE AGGREGATE sky.how_many(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE AGGREGATE sky.rank_of(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal, FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
COMMENT ON AGGREGATE sky.how_many(*) IS 'rows';

-- Operators, classes, casts, transforms, languages, methods, collations, conversions.
CREATE OPERATOR sky.<<| (LEFTARG = sky.place, RIGHTARG = sky.place, FUNCTION = sky.brighter, NEGATOR = OPERATOR(sky.>>|), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR sky.>>| (LEFTARG = sky.place, RIGHTARG = sky.place, FUNCTION = sky.not_brighter, NEGATOR = OPERATOR(sky.<<|));
CREATE OPERATOR sky.~~~ (RIGHTARG = numeric, FUNCTION = sky.half);
COMMENT ON OPERATOR sky.~~~ (NONE, numeric) IS 'half of it';
CREATE FUNCTION sky.compare(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT b - a';
CREATE OPERATOR FAMILY sky.turned USING btree;
ALTER OPERATOR FAMILY sky.turned USING btree ADD OPERATOR 1 > (integer, smallint);
CREATE OPERATOR CLASS sky.downwards FOR TYPE integer USING btree FAMILY sky.turned AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 sky.compare(integer, integer);
CREATE OPERATOR CLASS sky.own_family FOR TYPE text USING hash AS OPERATOR 1 =, FUNCTION 1 hashtext(text);
COMMENT ON OPERATOR CLASS sky.downwards USING btree IS 'largest first';
CREATE FUNCTION sky.to_numeric(sky.band) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 1.0';
CREATE CAST (sky.band AS numeric) WITH FUNCTION sky.to_numeric(sky.band) AS ASSIGNMENT;
CREATE CAST (text AS sky.band) WITH INOUT;
CREATE CAST (sky.magnitude AS double precision) WITHOUT FUNCTION AS IMPLICIT;
CREATE TRANSFORM FOR macaddr8 LANGUAGE sql (FROM SQL WITH FUNCTION timestamp_support(internal));
CREATE LANGUAGE observatory HANDLER plpgsql_call_handler;
CREATE ACCESS METHOD plates TYPE TABLE HANDLER heap_tableam_handler;
CREATE ACCESS METHOD lens TYPE INDEX HANDLER bthandler;
CREATE COLLATION sky.plain FROM "C";
CREATE COLLATION "Night Shift".mixed (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
CREATE DEFAULT CONVERSION sky.old_paper FOR 'LATIN2' TO 'UTF8' FROM iso8859_to_utf8;

-- Text search.
CREATE TEXT SEARCH PARSER sky.reader (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE sky.form (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY sky.names (TEMPLATE = sky.form, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION sky.logbook (PARSER = sky.reader);
ALTER TEXT SEARCH CONFIGURATION sky.logbook ADD MAPPING FOR asciiword, word WITH sky.names, simple;
COMMENT ON TEXT SEARCH DICTIONARY sky.names IS 'of stars';

-- Tables.
CREATE SEQUENCE sky.plate_number AS integer INCREMENT BY -2 MAXVALUE 100 MINVALUE -100 START WITH 50 CACHE 4 CYCLE;
CREATE TABLE sky.telescope (
  id integer GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME sky.telescope_numbers START WITH 7 INCREMENT BY 3) PRIMARY KEY,
  gone text,
  name text COLLATE "C" NOT NULL UNIQUE,
  aperture numeric(6,3) DEFAULT 1.5 CONSTRAINT positive CHECK (aperture > 0),
  area numeric GENERATED ALWAYS AS (aperture * aperture * 3.14) STORED,
  manual text,
  plate integer DEFAULT nextval('sky.plate_number'),
  partner integer,
  quality sky.percent,
  CONSTRAINT telescope_pair UNIQUE (name, aperture) INCLUDE (plate) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor = 60, toast.autovacuum_enabled = off);
ALTER TABLE sky.telescope DROP COLUMN gone;
ALTER TABLE sky.telescope ALTER COLUMN manual SET STORAGE EXTERNAL, ALTER COLUMN name SET STATISTICS 250, ALTER COLUMN aperture SET (n_distinct = -0.5, n_distinct_inherited = 3);
ALTER TABLE sky.telescope ADD CONSTRAINT name_known CHECK (name <> '?') NOT VALID;
COMMENT ON TABLE sky.telescope IS 'large; and small';
COMMENT ON COLUMN sky.telescope.area IS 'square metres';
COMMENT ON CONSTRAINT positive ON sky.telescope IS 'of course';
COMMENT ON SEQUENCE sky.plate_number IS 'backwards';
COMMENT ON INDEX sky.telescope_pkey IS 'the index, not the key';
CREATE TABLE sky.night (
  day date NOT NULL,
  telescope integer NOT NULL,
  observer bigserial,
  at tstzrange,
  seen sky.band[] DEFAULT '{v}',
  where_to sky.place,
  "from" text DEFAULT CURRENT_USER NOT NULL,
  weather jsonb DEFAULT '{"rain": false}',
  wait interval DEFAULT '1 day 02:30',
  plate bytea DEFAULT '\x00ff',
  first_light timestamptz DEFAULT '2001-02-03 04:05:06+02',
  CONSTRAINT night_key PRIMARY KEY (day, telescope),
  CONSTRAINT since_then CHECK (first_light > '1990-01-01 00:00:00+00') NO INHERIT
);
ALTER TABLE sky.night ADD CONSTRAINT night_telescope FOREIGN KEY (telescope) REFERENCES sky.telescope ON UPDATE CASCADE ON DELETE SET DEFAULT DEFERRABLE;
ALTER TABLE sky.telescope ADD CONSTRAINT telescope_partner FOREIGN KEY (partner) REFERENCES sky.telescope (id) NOT VALID;
CREATE TABLE sky.booking (slot int4range, room text, EXCLUDE USING gist (slot WITH &&) WHERE (room = 'dome') DEFERRABLE) USING plates;
CREATE UNLOGGED TABLE "Night Shift"."Tea & ""biscuits""" ("how many" smallint, x "char", y bit varying(5), z text[][]);
CREATE TABLE sky.nothing_in_it ();
CREATE TABLE sky.of_place OF sky.place (ra WITH OPTIONS DEFAULT 0 NOT NULL, CONSTRAINT north CHECK (dec > 0));

-- Inheritance, also of a table that was there before.
CREATE TABLE sky.body (id integer NOT NULL, name text DEFAULT 'unnamed', CONSTRAINT body_id CHECK (id > 0));
CREATE TABLE sky.planet (moons integer, CONSTRAINT moons_known CHECK (moons >= 0)) INHERITS (sky.body);
ALTER TABLE sky.planet ALTER COLUMN name DROP DEFAULT;
CREATE TABLE sky.comet (period interval, name text DEFAULT 'tail', id integer NOT NULL, CONSTRAINT body_id CHECK (id > 0));
ALTER TABLE sky.comet INHERIT sky.body;
CREATE TABLE sky.dwarf (id integer NOT NULL, reason text) INHERITS (sky.planet);
ALTER TABLE sky.dwarf ALTER COLUMN name SET DEFAULT 'small', ALTER COLUMN moons SET NOT NULL;

-- Partitions in two levels, one of them made apart, and keys that lead to them.
CREATE TABLE sky.reading (night date NOT NULL, sensor integer NOT NULL, value real, note text, CONSTRAINT reading_key PRIMARY KEY (night, sensor)) PARTITION BY RANGE (night);
CREATE TABLE sky.reading_old (note text DEFAULT 'old', value real, sensor integer NOT NULL, night date NOT NULL, CONSTRAINT its_own CHECK (night < '2020-01-01'));
ALTER TABLE sky.reading_old ADD CONSTRAINT old_key PRIMARY KEY (night, sensor);
ALTER TABLE sky.reading ATTACH PARTITION sky.reading_old FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
CREATE TABLE sky.reading_new PARTITION OF sky.reading FOR VALUES FROM ('2020-01-01') TO (MAXVALUE) PARTITION BY LIST (sensor);
CREATE TABLE sky.reading_new_1 PARTITION OF sky.reading_new FOR VALUES IN (1, 2) WITH (fillfactor = 40);
CREATE TABLE sky.reading_new_rest PARTITION OF sky.reading_new DEFAULT;
CREATE INDEX reading_value ON sky.reading (value);
CREATE INDEX only_above ON ONLY sky.reading (note);
CREATE INDEX mine_alone ON sky.reading_old (sensor DESC);
CREATE TABLE sky.remark (night date, sensor integer, text text, CONSTRAINT remark_reading FOREIGN KEY (night, sensor) REFERENCES sky.reading);
ALTER TABLE sky.reading ADD CONSTRAINT reading_sensor FOREIGN KEY (sensor) REFERENCES sky.telescope (id);
CREATE TABLE sky.shared (k text, n integer) PARTITION BY HASH (lower(k), n);
CREATE TABLE sky.shared_0 PARTITION OF sky.shared FOR VALUES WITH (MODULUS 3, REMAINDER 2);

-- Indexes and statistics.
CREATE INDEX night_some ON sky.night USING btree (telescope sky.downwards, day DESC NULLS LAST) INCLUDE (observer) WITH (fillfactor = 77) WHERE telescope > 3;
CREATE UNIQUE INDEX night_words ON sky.night (lower("from") text_pattern_ops, (wait + '1 hour'));
ALTER INDEX sky.night_words ALTER COLUMN 2 SET STATISTICS 321;
CREATE INDEX night_gin ON sky.night USING gin (weather jsonb_path_ops) WITH (fastupdate = off);
CREATE UNIQUE INDEX night_observer ON sky.night (observer);
ALTER TABLE sky.night REPLICA IDENTITY USING INDEX night_observer;
ALTER TABLE sky.night CLUSTER ON night_key;
ALTER TABLE sky.remark REPLICA IDENTITY FULL;
COMMENT ON INDEX sky.night_gin IS 'rain only';
CREATE STATISTICS sky.together (dependencies, mcv) ON day, telescope FROM sky.night;
ALTER STATISTICS sky.together SET STATISTICS 90;

-- Views, also one through a function and back.
CREATE VIEW sky.large WITH (security_barrier = true) AS SELECT t.* FROM sky.telescope t WHERE t.aperture > 2 WITH LOCAL CHECK OPTION;
ALTER VIEW sky.large ALTER COLUMN manual SET DEFAULT 'see the small one';
CREATE VIEW sky.a_view_of_views (one, two) AS SELECT l.id, n.count FROM sky.large l, LATERAL (SELECT count(*) FROM sky.night x WHERE x.telescope = l.id) n;
CREATE VIEW sky.by_key AS SELECT t.id, t.name, t.manual, max(n.day) AS last FROM sky.telescope t JOIN sky.night n ON n.telescope = t.id GROUP BY t.id;
CREATE VIEW sky.circle_a AS SELECT 1 AS n, NULL::sky.band AS band;
CREATE VIEW sky.circle_b AS SELECT n FROM sky.circle_a;
CREATE OR REPLACE VIEW sky.circle_a AS SELECT b.n, 'u'::sky.band AS band FROM sky.circle_b b;
COMMENT ON COLUMN sky.by_key.last IS 'seen';
CREATE MATERIALIZED VIEW sky.zz_summary WITH (fillfactor = 33) AS SELECT telescope, count(*) AS nights FROM sky.night GROUP BY telescope WITH NO DATA;
CREATE UNIQUE INDEX summary_key ON sky.zz_summary (telescope);
CREATE MATERIALIZED VIEW sky.a_summary AS SELECT sum(nights) FROM sky.zz_summary WITH NO DATA;
ALTER MATERIALIZED VIEW sky.zz_summary ALTER COLUMN nights SET STATISTICS 44;

-- Loops of defaults and checks.
CREATE FUNCTION sky.limits() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 3';
CREATE TABLE sky.quota (n integer DEFAULT sky.limits(), m integer);
CREATE FUNCTION sky.quota_ok(q sky.quota) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT q.n > 0';
ALTER TABLE sky.quota ADD CONSTRAINT quota_fine CHECK (sky.quota_ok(quota));

-- Triggers, rules, policies.
CREATE TRIGGER a_stamp BEFORE INSERT OR UPDATE OF day ON sky.night FOR EACH ROW WHEN (NEW.telescope > 0) EXECUTE FUNCTION sky.stamp('it''s', 'b');
CREATE TRIGGER b_rows AFTER UPDATE ON sky.night REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION sky.nothing();
CREATE CONSTRAINT TRIGGER c_late AFTER INSERT ON sky.night FROM sky.telescope DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sky.nothing();
CREATE TRIGGER d_view INSTEAD OF DELETE ON sky.large FOR EACH ROW EXECUTE FUNCTION sky.stamp();
CREATE TRIGGER e_parts AFTER INSERT ON sky.reading FOR EACH ROW EXECUTE FUNCTION sky.nothing();
ALTER TABLE sky.night ENABLE REPLICA TRIGGER b_rows, DISABLE TRIGGER a_stamp;
ALTER TABLE sky.reading_old DISABLE TRIGGER e_parts;
COMMENT ON TRIGGER c_late ON sky.night IS 'at the end';
CREATE RULE log_it AS ON UPDATE TO sky.telescope WHERE old.name <> new.name DO ALSO (INSERT INTO sky.remark (text) VALUES (old.name); INSERT INTO sky.remark (text) VALUES ('b'));
CREATE RULE never AS ON DELETE TO sky.telescope DO INSTEAD NOTHING;
ALTER TABLE sky.telescope ENABLE ALWAYS RULE never;
ALTER TABLE sky.telescope ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY see ON sky.telescope FOR SELECT TO pg_monitor, pg_read_all_stats USING (aperture > 1);
CREATE POLICY change ON sky.telescope AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (name <> '');
COMMENT ON POLICY see ON sky.telescope IS 'for the guides';

-- Foreign data, publications, an extension's member, an event trigger that forbids nearly all.
CREATE FOREIGN DATA WRAPPER plates OPTIONS (box 'a');
CREATE SERVER archive TYPE 'cellar' VERSION '3' FOREIGN DATA WRAPPER plates OPTIONS (shelf '4', password 'kept-off-the-dump');
CREATE USER MAPPING FOR PUBLIC SERVER archive OPTIONS (username 'guide', keyword 'kept-off-the-dump');
CREATE FOREIGN TABLE sky.old_plate (id integer OPTIONS (no '1') NOT NULL, text text COLLATE "C" DEFAULT 'x') SERVER archive OPTIONS (drawer 'b');
CREATE PUBLICATION selected FOR TABLE ONLY sky.telescope, ONLY sky.night WITH (publish = 'insert, truncate', publish_via_partition_root = true);
CREATE PUBLICATION everything FOR ALL TABLES;
COMMENT ON PUBLICATION selected IS 'for the museum';
ALTER EXTENSION plpgsql ADD FUNCTION public.joined();
CREATE EVENT TRIGGER also_quiet ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW') EXECUTE FUNCTION sky.watch();
ALTER EVENT TRIGGER also_quiet DISABLE;
CREATE EVENT TRIGGER quiet ON ddl_command_end EXECUTE FUNCTION sky.watch();
COMMENT ON EVENT TRIGGER quiet IS 'sees all';
