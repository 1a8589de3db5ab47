// SPDX-License-Identifier: MIT
// Operators, and the classes and families that tell indexes of them.
#include <map>

#include "src/driver/postgres/catalogue/kinds.h"
#include "src/driver/postgres/catalogue/texts.h"

namespace gander::driver::postgres {
namespace {

// An operator by its name alone, as COMMUTATOR and NEGATOR take it.
std::string by_name(const std::string& option, const std::string& column) {
  return "coalesce((SELECT format(', " + option +
         " = OPERATOR(%I.%s)', x.nspname, y.oprname) FROM pg_operator y JOIN pg_namespace x ON "
         "x.oid "
         "= y.oprnamespace WHERE y.oid = " +
         column + "), '')";
}

void read_operators_alone(Survey& survey) {
  const std::string definition =
      "concat('FUNCTION = ' || o.oprcode, ', LEFTARG = ' || nullif(o.oprleft, 0)::regtype, ', "
      "RIGHTARG = ' || nullif(o.oprright, 0)::regtype, " +
      by_name("COMMUTATOR", "o.oprcom") + ", " + by_name("NEGATOR", "o.oprnegate") + ", " +
      function_option("RESTRICT", "o.oprrest::oid") + ", " +
      function_option("JOIN", "o.oprjoin::oid") +
      ", CASE WHEN o.oprcanhash THEN ', HASHES' END, CASE WHEN o.oprcanmerge THEN ', MERGES' END)";
  const std::string name =
      "format('%I.%s(%s, %s)', n.nspname, o.oprname, CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE "
      "o.oprleft::regtype::text END, CASE WHEN o.oprright = 0 THEN 'NONE' ELSE "
      "o.oprright::regtype::text END)";
  // One without a function is only named by another so far.
  read_plain(
      survey, {System::operator_, "operator", 1, {"definition"}},
      "SELECT o.oid, " + name + ", 'OPERATOR ' || " + name +
          ", format('CREATE OPERATOR %I.%s (', n.nspname, o.oprname) || " +
          survey.since(11, definition,
                       "replace(" + definition + ", 'FUNCTION = ', 'PROCEDURE = ')") +
          " || ')', " + definition +
          " FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE o.oprcode "
          "<> 0 AND" +
          kUserSchema);
}

// A member of a class or a family, by the number of either.
struct Member {
  bool of_class;
  std::string clause;
};

class Members {
 public:
  explicit Members(Survey& survey) {
    const std::string owner =
        "d.refclassid = 'pg_opclass'::regclass, d.refobjid, d.objid, d.classid, ";
    const std::string from =
        " JOIN pg_depend d ON d.objid = m.oid AND d.refclassid IN "
        "('pg_opclass'::regclass, 'pg_opfamily'::regclass) AND d.classid = ";
    survey.ask(
        "SELECT " + owner +
            "format('OPERATOR %s %s', m.amopstrategy, m.amopopr::regoperator) || CASE WHEN "
            "m.amopsortfamily = 0 THEN '' ELSE (SELECT format(' FOR ORDER BY %I.%I', x.nspname, "
            "f.opfname) FROM pg_opfamily f JOIN pg_namespace x ON x.oid = f.opfnamespace WHERE "
            "f.oid "
            "= m.amopsortfamily) END, m.amopmethod FROM pg_amop m" +
            from +
            "'pg_amop'::regclass WHERE m.oid >= 16384 ORDER BY m.amopstrategy, "
            "m.amoplefttype::regtype::text, m.amoprighttype::regtype::text",
        [&](Cells& cells) { add(survey, cells); });
    survey.ask("SELECT " + owner +
                   "format('FUNCTION %s (%s, %s) %s', m.amprocnum, m.amproclefttype::regtype, "
                   "m.amprocrighttype::regtype, m.amproc::regprocedure), 0 FROM pg_amproc m" +
                   from +
                   "'pg_amproc'::regclass WHERE m.oid >= 16384 ORDER BY m.amprocnum, "
                   "m.amproclefttype::regtype::text, m.amprocrighttype::regtype::text",
               [&](Cells& cells) { add(survey, cells); });
  }

  // As they stand in a list.
  std::string of(const Key& owner) { return listed(clauses_[id(owner)], ", "); }

  // The operators and functions go with what they are members of.
  void alias(Survey& survey) const {
    for (const auto& [member, owner] : owners_) survey.alias(member, owner);
  }

 private:
  using Number = std::pair<System, ObjectId>;
  static Number id(const Key& key) { return {key.system, key.object}; }

  void add(Survey&, Cells& cells) {
    const System system = cells.flag() ? System::operator_class : System::operator_family;
    const Key owner{system, cells.id()};
    const ObjectId number = cells.id();
    const Key member{static_cast<System>(cells.id()), number};
    clauses_[id(owner)].push_back(cells.text());
    owners_.emplace_back(member, owner);
  }

  std::map<Number, std::vector<std::string>> clauses_;
  std::vector<std::pair<Key, Key>> owners_;
};

void read_families(Survey& survey, Members& members) {
  survey.ask(std::string(
                 "SELECT f.oid, format('%I.%I USING %I', n.nspname, f.opfname, m.amname) FROM "
                 "pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod JOIN pg_namespace n ON n.oid = "
                 "f.opfnamespace WHERE") +
                 kUserSchema,
             [&](Cells& cells) {
               const Key key{System::operator_family, cells.id()};
               if (survey.is_member(key)) return;
               Draft& draft = survey.add(key, {"operator family", cells.text(), ""});
               draft.called = "OPERATOR FAMILY " + draft.object.id.name;
               draft.step("CREATE " + draft.called);
               const std::string loose = members.of(key);
               draft.set("members", loose);
               if (!loose.empty()) draft.step("ALTER " + draft.called + " ADD\n  " + loose);
             });
}

void read_classes(Survey& survey, Members& members) {
  survey.ask(
      std::string(
          "SELECT c.oid, format('%I.%I', n.nspname, c.opcname), quote_ident(m.amname), "
          "c.opcdefault, c.opcintype::regtype, format('%I.%I', fn.nspname, f.opfname), CASE WHEN "
          "c.opckeytype <> 0 THEN c.opckeytype::regtype::text END FROM pg_opclass c JOIN pg_am m "
          "ON "
          "m.oid = c.opcmethod JOIN pg_namespace n ON n.oid = c.opcnamespace JOIN pg_opfamily f ON "
          "f.oid = c.opcfamily JOIN pg_namespace fn ON fn.oid = f.opfnamespace WHERE") +
          kUserSchema,
      [&](Cells& cells) {
        const Key key{System::operator_class, cells.id()};
        if (survey.is_member(key)) return;
        const std::string name = cells.text();
        const std::string method = cells.text();
        Draft& draft = survey.add(key, {"operator class", name + " USING " + method, ""});
        draft.called = "OPERATOR CLASS " + draft.object.id.name;
        const bool usual = cells.flag();
        const std::string type = cells.text();
        const std::string family = cells.text();
        const std::string storage = cells.text();
        const std::string list = members.of(key);
        if (usual) draft.set("default", "yes");
        draft.set("type", type);
        draft.set("family", family);
        draft.set("storage", storage);
        draft.set("members", list);
        // A list that says nothing new, where there is none.
        std::string items = storage.empty() && list.empty() ? "STORAGE " + type : list;
        if (!storage.empty()) items = "STORAGE " + storage + (list.empty() ? "" : ", " + list);
        draft.step("CREATE OPERATOR CLASS " + name + (usual ? " DEFAULT" : "") + " FOR TYPE " +
                   type + " USING " + method + " FAMILY " + family + " AS\n  " + items);
      });
}

}  // namespace

void read_operators(Survey& survey) {
  read_operators_alone(survey);
  Members members(survey);
  read_families(survey, members);
  read_classes(survey, members);
  members.alias(survey);
}

}  // namespace gander::driver::postgres
