-- +goose Up
CREATE TABLE birds (id INTEGER PRIMARY KEY, name TEXT NOT NULL);

-- +goose Down
DROP TABLE birds;
