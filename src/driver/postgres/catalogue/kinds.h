// SPDX-License-Identifier: MIT
// What reads the objects of a database, each a file beside this one. In the order in which they are
// to be called: a later one finds the drafts of those before.
#pragma once

#include "src/driver/postgres/catalogue/survey.h"

namespace gander::driver::postgres {

void read_extensions(Survey& survey);
void read_schemas(Survey& survey);
void read_types(Survey& survey);      // enums, composites, ranges, base types, domains
void read_relations(Survey& survey);  // tables, foreign tables, views, with their columns
void read_sequences(Survey& survey);
void read_constraints(Survey& survey);
void read_indexes(Survey& survey);
void read_statistics(Survey& survey);
void read_routines(Survey& survey);   // functions, procedures, aggregates
void read_operators(Survey& survey);  // with their classes and families
void read_casts(Survey& survey);      // and transforms
void read_languages(Survey& survey);  // and access methods
void read_encodings(Survey& survey);  // collations and conversions
void read_text_search(Survey& survey);
void read_triggers(Survey& survey);  // and event triggers
void read_rules(Survey& survey);
void read_policies(Survey& survey);
void read_foreign_data(Survey& survey);
void read_publications(Survey& survey);  // and subscriptions
void read_rights(Survey& survey);        // owners, grants, default privileges
void read_comments(Survey& survey);      // and security labels

}  // namespace gander::driver::postgres
