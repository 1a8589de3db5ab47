// SPDX-License-Identifier: MIT
#include "src/script/annotation.h"

#include <gtest/gtest.h>

namespace gander::script {
namespace {

TEST(AnnotationTest, AcceptsWhatGooseAccepts) {
  struct Case {
    const char* line;
    Annotation annotation;
  };
  const Case cases[] = {
      {"-- +goose Up", Annotation::up},
      {"--+goose up", Annotation::up},
      {"--+gooseUP", Annotation::up},
      {"---- +goose Up", Annotation::up},
      {"-- Up +goose", Annotation::up},
      {"-- +goose Up --", Annotation::up},
      {"-- +goose   Up\t", Annotation::up},
      {"-- +goose Up\xC2\xA0", Annotation::up},
      {"\v-- +goose Up", Annotation::up},
      {"\xC2\xA0-- +goose Up", Annotation::up},
      {"-- +goose Down", Annotation::down},
      {"-- +goose StatementBegin", Annotation::statement_begin},
      {"-- +goose statementbegin", Annotation::statement_begin},
      {"-- +goose StatementEnd", Annotation::statement_end},
      {"-- +goose NO TRANSACTION", Annotation::no_transaction},
      {"-- +goose no transaction", Annotation::no_transaction},
      {"-- +goose ENVSUB ON", Annotation::envsub_on},
      {"-- +goose EnvSub Off", Annotation::envsub_off},
  };
  for (const Case& c : cases) EXPECT_EQ(read_annotation(c.line).annotation, c.annotation) << c.line;
}

TEST(AnnotationTest, CommentsThatMentionTheMarkerAreComments) {
  for (const char* line : {"-- see the +goose docs", "-- about +goose Up", "--", "", "-- +GOOSE Up",
                           "SELECT 1 -- +goose Up", "  -- as +goose wants it", "# +goose Up",
                           "/* -- +goose Up */", "- - +goose Up"}) {
    EXPECT_EQ(read_annotation(line).annotation, Annotation::none) << line;
  }
}

TEST(AnnotationTest, BadOnesSayWhatToWrite) {
  struct Case {
    const char* line;
    std::size_t column;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"-- +goose Up;", 11, "'Up;' is not supported", "remove the ';'"},
      {"-- +goose Up -- note", 11, "not supported", "nothing may follow"},
      {"-- +goose Up create the users", 11, "not supported", "nothing may follow"},
      {"-- +goose NO  TRANSACTION", 11, "not supported", "write '-- +goose NO TRANSACTION'"},
      {"-- +goose Statement Begin", 11, "not supported", "write '-- +goose StatementBegin'"},
      {"--- +goose Up", 12, "not supported", "exactly two dashes"},
      {"-- +goose Sideways", 11, "'Sideways' is not supported",
       "Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON, ENVSUB OFF"},
      {" -- +goose Up", 1, "leading whitespace", "start at the beginning of the line"},
      {"\t-- +goose Up", 1, "leading whitespace", "start at the beginning of the line"},
      {"-- +goose", 4, "empty", "StatementBegin"},
      {"-- +goose Up +goose Down", 4, "multiple '+goose'", "one annotation a line"},
  };
  for (const Case& c : cases) {
    AnnotationLine line = read_annotation(c.line);
    EXPECT_EQ(line.annotation, Annotation::bad) << c.line;
    EXPECT_EQ(line.column, c.column) << c.line;
    EXPECT_NE(line.message.find(c.message), std::string::npos) << line.message;
    EXPECT_NE(line.hint.find(c.hint), std::string::npos) << line.hint;
  }
}

}  // namespace
}  // namespace gander::script
