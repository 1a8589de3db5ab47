-- +goose Up
CREATE TABLE article (id INTEGER PRIMARY KEY, title TEXT NOT NULL, slug TEXT);
INSERT INTO article (title) VALUES ('Hello, World!'), ('Why geese fly in a V');

-- +goose Down
DROP TABLE article;
