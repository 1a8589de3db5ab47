-- +goose Up
CREATE TABLE note (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  written_at TEXT NOT NULL DEFAULT (datetime('now'))
);

-- +goose Down
DROP TABLE note;
