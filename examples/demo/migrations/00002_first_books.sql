-- +goose Up
INSERT INTO books (id, title, copies) VALUES
  (1, 'The Wonderful Adventures of Nils', 2),
  (2, 'The Snow Goose; a story of Dunkirk', 1),
  (3, 'Mother Goose''s Rhymes', 3);

INSERT INTO members (id, name, email, joined) VALUES
  (1, 'Akka', 'akka@example.org', '2026-01-02'),
  (2, 'Martin', 'martin@example.org', '2026-02-03');

-- +goose Down
DELETE FROM members WHERE id IN (1, 2);
DELETE FROM books WHERE id IN (1, 2, 3);
