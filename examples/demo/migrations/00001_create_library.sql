-- +goose Up
CREATE TABLE books (
  id     INTEGER PRIMARY KEY,
  title  TEXT NOT NULL,
  copies INTEGER NOT NULL DEFAULT 1
);

CREATE TABLE members (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  email  TEXT NOT NULL UNIQUE,
  joined TEXT NOT NULL DEFAULT CURRENT_DATE
);

CREATE TABLE loans (
  id       INTEGER PRIMARY KEY,
  book     INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
  member   INTEGER NOT NULL REFERENCES members (id),
  lent     TEXT NOT NULL DEFAULT CURRENT_DATE,
  returned TEXT
);

CREATE INDEX loans_by_member ON loans (member, returned);

-- +goose Down
DROP TABLE loans;
DROP TABLE members;
DROP TABLE books;
