-- +goose Up
CREATE VIEW overview AS
SELECT members.name, books.title, loans.lent, coalesce(loans.returned, 'still out') AS returned
FROM loans
JOIN members ON members.id = loans.member
JOIN books ON books.id = loans.book
ORDER BY loans.id;

INSERT INTO loans (id, book, member, lent) VALUES (1, 1, 1, '2026-03-01'), (2, 2, 2, '2026-03-02');
UPDATE loans SET returned = '2026-03-09' WHERE id = 1;

-- +goose Down
UPDATE loans SET returned = CURRENT_DATE WHERE id IN (1, 2) AND returned IS NULL;
DELETE FROM loans WHERE id IN (1, 2);
DELETE FROM journal;
DROP VIEW overview;
