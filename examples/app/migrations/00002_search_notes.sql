-- +goose Up
CREATE VIRTUAL TABLE note_index USING fts5 (text, content = 'note', content_rowid = 'id');

-- +goose StatementBegin
CREATE TRIGGER note_added AFTER INSERT ON note BEGIN
  INSERT INTO note_index (rowid, text) VALUES (new.id, new.text);
END;
-- +goose StatementEnd

INSERT INTO note_index (rowid, text) SELECT id, text FROM note;

-- +goose Down
DROP TRIGGER note_added;
DROP TABLE note_index;
