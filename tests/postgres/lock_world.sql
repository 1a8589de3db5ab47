-- The world in which the statements of lock_statements.txt run.
CREATE TYPE colour AS ENUM ('red', 'blue');
CREATE TYPE spot AS (x int, y int);
CREATE DOMAIN weight AS int CHECK (VALUE > 0);
CREATE SCHEMA attic;
DO 'BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = ''lock_guest'') THEN CREATE ROLE lock_guest; END IF; END';
CREATE FUNCTION mark() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION three() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 3';

CREATE TABLE keeper (id int PRIMARY KEY, code text UNIQUE NOT NULL, name text);
INSERT INTO keeper SELECT i, 'k' || i, 'n' FROM generate_series(1, 50) AS i;

CREATE TABLE bird (id int PRIMARY KEY, age int NOT NULL, name varchar(20), hue colour, keeper_id int, ringed timestamp,
  mate int, CONSTRAINT bird_old CHECK (age > 0), CONSTRAINT bird_name UNIQUE (name));
CREATE INDEX bird_age ON bird (age);
CREATE UNIQUE INDEX bird_spare ON bird (id, age);
INSERT INTO bird SELECT i, i, 'b' || i, 'red', i % 50 + 1, '2020-01-01', NULL FROM generate_series(1, 100) AS i;

CREATE FUNCTION feed() RETURNS void LANGUAGE sql AS 'UPDATE bird SET age = age WHERE id = 1';
CREATE TABLE nest (id int PRIMARY KEY, keeper_id int REFERENCES keeper ON DELETE CASCADE, note text);
INSERT INTO nest SELECT i, i, 'x' FROM generate_series(1, 50) AS i;
CREATE TABLE egg (id int PRIMARY KEY, nest_id int REFERENCES nest, weight weight);
CREATE TABLE late (id int PRIMARY KEY, keeper_id int, v int);
ALTER TABLE late ADD CONSTRAINT late_keeper FOREIGN KEY (keeper_id) REFERENCES keeper NOT VALID;
ALTER TABLE late ADD CONSTRAINT late_check CHECK (v > 0) NOT VALID;

CREATE TABLE tree (id int PRIMARY KEY, height int);
INSERT INTO tree SELECT i, i FROM generate_series(1, 20) AS i;
CREATE VIEW tall AS SELECT id, height FROM tree WHERE height > 10;
CREATE MATERIALIZED VIEW forest AS SELECT id, height FROM tree;
CREATE UNIQUE INDEX forest_id ON forest (id);
CREATE TRIGGER tree_mark BEFORE UPDATE ON tree FOR EACH ROW EXECUTE FUNCTION mark();
CREATE RULE tree_rule AS ON DELETE TO tree DO ALSO NOTHING;
CREATE POLICY tree_policy ON tree USING (true);

CREATE TABLE flight (id int NOT NULL, day date, miles int) PARTITION BY RANGE (id);
CREATE TABLE flight_1 PARTITION OF flight FOR VALUES FROM (0) TO (100);
CREATE TABLE flight_2 PARTITION OF flight FOR VALUES FROM (100) TO (200);
CREATE INDEX flight_miles ON flight (miles);
CREATE TABLE stray (id int NOT NULL, day date, miles int);
CREATE TABLE song (id int NOT NULL, v int) PARTITION BY RANGE (id);
CREATE TABLE song_1 PARTITION OF song FOR VALUES FROM (0) TO (100);
CREATE TABLE song_rest PARTITION OF song DEFAULT;
CREATE TABLE song_new (id int NOT NULL, v int);
CREATE TABLE tour (id int, keeper_id int REFERENCES keeper) PARTITION BY RANGE (id);
CREATE TABLE tour_1 PARTITION OF tour FOR VALUES FROM (0) TO (100);
CREATE TABLE tour_2 (id int, keeper_id int);

CREATE TABLE animal (id int, q int);
CREATE TABLE cat (claws int) INHERITS (animal);
CREATE TABLE lone (id int, q int);
CREATE TABLE typed OF spot;
CREATE TABLE numbered (id serial PRIMARY KEY, v int GENERATED ALWAYS AS IDENTITY);
CREATE SEQUENCE counter;
CREATE STATISTICS bird_stat (dependencies) ON age, keeper_id FROM bird;
CREATE PUBLICATION news FOR TABLE tree;
