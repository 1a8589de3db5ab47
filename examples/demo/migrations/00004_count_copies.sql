-- A trigger body holds semicolons of its own. Gander knows where it ends; the marks are for goose.
-- +goose Up
CREATE TABLE journal (
  id      INTEGER PRIMARY KEY,
  at      TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  message TEXT NOT NULL
);

-- +goose StatementBegin
CREATE TRIGGER loan_takes_a_copy AFTER INSERT ON loans
BEGIN
  SELECT CASE
    WHEN (SELECT copies FROM books WHERE id = NEW.book) = 0
    THEN RAISE(ABORT, 'no copy left; come back later')
  END;
  UPDATE books SET copies = copies - 1 WHERE id = NEW.book;
  INSERT INTO journal (message)
    SELECT members.name || ' borrows "' || books.title || '"'
    FROM members, books WHERE members.id = NEW.member AND books.id = NEW.book;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER return_gives_it_back AFTER UPDATE OF returned ON loans
WHEN OLD.returned IS NULL AND NEW.returned IS NOT NULL
BEGIN
  UPDATE books SET copies = copies + 1 WHERE id = NEW.book;
  INSERT INTO journal (message)
    SELECT '"' || title || '" is back; ' || copies || ' on the shelf' FROM books WHERE id = NEW.book;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER return_gives_it_back;
DROP TRIGGER loan_takes_a_copy;
DROP TABLE journal;
