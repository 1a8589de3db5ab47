// SPDX-License-Identifier: MIT
// What people are told of an object's id: "column name of customer", "table orders".
#pragma once

#include <string>

#include "src/schema/snapshot.h"

namespace gander::schema {

std::string described(const Id& id);

}  // namespace gander::schema
