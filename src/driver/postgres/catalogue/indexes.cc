// SPDX-License-Identifier: MIT
// Indexes, and what the index of a key has besides its constraint.
#include <deque>
#include <map>

#include "src/driver/postgres/catalogue/index_text.h"
#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

struct Index {
  Key key;
  Relation* relation;
  bool of_constraint;
  std::string name;        // qualified
  std::string quoted;      // not qualified
  std::string definition;  // empty where it is that of a constraint
  std::string options;
  std::string space;
  bool valid;
  bool clustered;
  bool identifies;  // rows to replicas
  bool partitioned;
  Key parent;  // the index of the partitioned table
};

std::string indexes_sql(const Survey& survey) {
  return "SELECT i.indexrelid, i.indrelid, format('%I.%I', n.nspname, c.relname), "
         "quote_ident(c.relname), k.oid IS NOT NULL, " +
         options_sql("c.reloptions", "ordinality") +
         ", quote_ident(s.spcname), i.indisvalid, i.indisclustered, i.indisreplident, c.relkind = "
         "'I', coalesce(h.inhparent, 0), m.amname = 'btree' AND i.indexprs IS NULL AND i.indpred "
         "IS NULL AND c.reloptions IS NULL AND c.relkind = 'i', i.indisunique, " +
         survey.since(15, "i.indnullsnotdistinct", "false") +
         ", i.indkey, i.indclass, i.indcollation, i.indoption, " +
         survey.since(11, "i.indnkeyatts", "i.indnatts") +
         " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam "
         "JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_constraint k ON k.conindid = "
         "i.indexrelid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid LEFT JOIN "
         "pg_tablespace s ON s.oid = c.reltablespace LEFT JOIN pg_inherits h ON h.inhrelid = "
         "i.indexrelid WHERE" +
         std::string(kUserSchema) + "ORDER BY i.indrelid, c.relname";
}

struct Attachment {
  Draft* child;
  Key parent;
  std::string name;
};

class Reader {
 public:
  explicit Reader(Survey& survey) : survey_(survey), texts_(survey) {}

  void read(Cells& cells) {
    Index index;
    index.key = {System::relation, cells.id()};
    const Key table{System::relation, cells.id()};
    index.relation = survey_.relation(table.object);
    if (index.relation == nullptr) return survey_.alias(index.key, table);
    index.name = cells.text();
    index.quoted = cells.text();
    index.of_constraint = cells.flag();
    index.options = cells.text();
    index.space = cells.text();
    index.valid = cells.flag();
    index.clustered = cells.flag();
    index.identifies = cells.flag();
    index.partitioned = cells.flag();
    index.parent = {System::relation, cells.id()};
    const bool usual = cells.flag();
    if (usual && !index.of_constraint) {
      index.definition = texts_.text(read_parts(index, cells), *index.relation).value_or("");
    }
    indexes_.push_back(std::move(index));
  }

  // Asks for the definitions that are not known yet, and adds them all.
  void add() {
    std::map<ObjectId, Index*> unknown;
    std::vector<std::string> numbers;
    for (Index& index : indexes_) {
      if (index.of_constraint || !index.definition.empty()) continue;
      unknown.emplace(index.key.object, &index);
      numbers.push_back(std::to_string(index.key.object));
    }
    if (!numbers.empty()) {
      survey_.ask(
          "SELECT i.indexrelid, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE "
          "i.indexrelid IN (" +
              listed(numbers) + ")",
          [&](Cells& cells) {
            Index& index = *unknown.at(cells.id());
            index.definition = cells.expression();
          });
    }
    for (const Index& index : indexes_) add(index);
  }

  // An index of a partition joins that of its table when both are there.
  void attach() {
    for (const Attachment& attachment : attachments_) {
      Draft* parent = survey_.find(attachment.parent);
      if (parent == nullptr) continue;
      const std::string& name = names_[attachment.parent.object];
      attachment.child->set("partition of", name);
      attachment.child->step("ALTER INDEX " + name + " ATTACH PARTITION " + attachment.name);
      attachment.child->needs.push_back(parent->object.id);
      whole_[parent].push_back(attachment.child);
    }
  }

  // An index over a partitioned table can be referred to when it is valid, with all its parts.
  void wait_for_parts(Draft& draft, Draft* index) {
    for (Draft* part : whole_[index]) {
      draft.needs.push_back(part->object.id);
      wait_for_parts(draft, part);
    }
  }

  bool has_parts() const { return !whole_.empty(); }

 private:
  static IndexParts read_parts(const Index& index, Cells& cells) {
    IndexParts parts;
    parts.name = index.quoted;
    parts.unique = cells.flag();
    parts.nulls_not_distinct = cells.flag();
    parts.columns = cells.text();
    parts.classes = cells.text();
    parts.collations = cells.text();
    parts.options = cells.text();
    parts.keys = static_cast<int>(cells.integer());
    return parts;
  }

  void add(const Index& index) {
    Draft& draft = index.of_constraint ? of_constraint(index) : alone(index);
    tell(index, draft);
    if (!made_) return;
    const std::string& table = index.relation->name;
    if (index.clustered) draft.step("ALTER TABLE " + table + " CLUSTER ON " + index.quoted);
    if (index.identifies) {
      draft.step("ALTER TABLE ONLY " + table + " REPLICA IDENTITY USING INDEX " + index.quoted);
    }
    if (index.parent.object != 0) attachments_.push_back({&draft, index.parent, index.name});
    names_[index.key.object] = index.name;
  }

  Draft& of_constraint(const Index& index) {
    Draft& draft = *survey_.find(index.key);
    made_ = !draft.object.steps.empty();
    const bool exclusion = draft.object.id.kind == "exclusion constraint";
    draft.index_called = "INDEX " + index.name;
    draft.set("options", index.options);
    if (made_ && !index.options.empty() && !exclusion) {
      draft.step("ALTER INDEX " + index.name + " SET (" + index.options + ")");
    }
    return draft;
  }

  Draft& alone(const Index& index) {
    const Relation& relation = *index.relation;
    Draft& draft = survey_.add(index.key, {"index", index.quoted, relation.name});
    draft.called = "INDEX " + index.name;
    draft.set("definition", index.definition);
    // That of a partitioned table is invalid as long as a partition has none.
    made_ = index.valid || index.partitioned;
    if (made_) {
      draft.step(index.definition);
      if (relation.kind == 'p') {
        relation.visit_partitions(
            [&](const Relation& partition) { draft.needs.push_back(partition.draft->object.id); });
      }
    } else {
      survey_.remark(draft.object.id,
                     "it is invalid, as a CREATE INDEX CONCURRENTLY that failed leaves it: a dump "
                     "does not make it");
    }
    return draft;
  }

  void tell(const Index& index, Draft& draft) {
    if (!index.valid) draft.set("valid", "no");
    draft.set("tablespace", index.space);
    if (index.clustered) draft.set("clustered on", "yes");
    if (index.identifies) draft.set("replica identity", "yes");
    if (made_ && !index.space.empty()) {
      draft.step("ALTER INDEX " + index.name + " SET TABLESPACE " + index.space);
    }
  }

  Survey& survey_;
  IndexTexts texts_;
  std::deque<Index> indexes_;
  bool made_ = false;  // by a step of the index that is being read
  std::vector<Attachment> attachments_;
  std::map<ObjectId, std::string> names_;
  std::map<const Draft*, std::vector<Draft*>> whole_;
};

void read_targets(Survey& survey) {
  survey.ask(
      "SELECT a.attrelid, a.attnum, a.attstattarget::text, format('%I.%I', n.nspname, c.relname) "
      "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = "
      "c.relnamespace WHERE c.relkind IN ('i', 'I') AND a.attstattarget >= 0 AND" +
          std::string(kUserSchema) + "ORDER BY 1, 2",
      [&](Cells& cells) {
        Draft* draft = survey.find({System::relation, cells.id()});
        if (draft == nullptr || draft->object.steps.empty()) return;
        const std::string number = cells.text();
        const std::string target = cells.text();
        draft->set("statistics of column " + number, target);
        draft->step("ALTER INDEX " + cells.text() + " ALTER COLUMN " + number + " SET STATISTICS " +
                    target);
      });
}

}  // namespace

void read_indexes(Survey& survey) {
  Reader reader(survey);
  survey.ask(indexes_sql(survey), [&](Cells& cells) { reader.read(cells); });
  reader.add();
  reader.attach();
  read_targets(survey);
  if (!reader.has_parts()) return;
  survey.ask(
      "SELECT k.oid, k.conindid FROM pg_constraint k WHERE k.contype = 'f' AND k.conindid <> 0",
      [&](Cells& cells) {
        const Key key{System::constraint, cells.id()};
        Draft* draft = survey.find(key);
        Draft* index = survey.find({System::relation, cells.id()});
        if (draft == nullptr || index == nullptr || !(draft->key == key)) return;
        reader.wait_for_parts(*draft, index);
      });
}

}  // namespace gander::driver::postgres
