-- +goose Up
INSERT INTO birds (name) VALUES ('greylag'), ('it''s a "snow" goose');

-- +goose Down
DELETE FROM birds;
