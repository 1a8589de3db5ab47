-- +goose Up
CREATE UNIQUE INDEX article_slug ON article (slug);

-- +goose Down
DROP INDEX article_slug;
