-- SQLite cannot add a constraint to a table, so the table is made anew
-- (https://sqlite.org/lang_altertable.html, section 7). `loans` refers to it; its rows stay.
-- +goose Up
CREATE TABLE books_new (
  id     INTEGER PRIMARY KEY,
  title  TEXT NOT NULL CHECK (title <> ''),
  isbn   TEXT UNIQUE,
  copies INTEGER NOT NULL DEFAULT 1 CHECK (copies >= 0)
);
INSERT INTO books_new (id, title, copies) SELECT id, title, copies FROM books;
DROP TABLE books;
ALTER TABLE books_new RENAME TO books;
UPDATE books SET isbn = '978-0-14-000001-' || id;

-- +goose Down
CREATE TABLE books_old (
  id     INTEGER PRIMARY KEY,
  title  TEXT NOT NULL,
  copies INTEGER NOT NULL DEFAULT 1
);
INSERT INTO books_old SELECT id, title, copies FROM books;
DROP TABLE books;
ALTER TABLE books_old RENAME TO books;
