#pragma once

/// How a verb of supctl ends. A Failure is made where something went wrong and shown once, in run().

#include <expected>
#include <string>
#include <vector>

#include "ctl/proto/messages.hpp"
#include "ctl/proto/outcome.hpp"
#include "units/base/error.hpp"

namespace supd::ctl {

using proto::Outcome;

struct Failure {
  Outcome outcome = Outcome::failed;
  std::string text;                           ///< one line for people; empty: the program ends without a word
  std::string advice = {};                    ///< what to do about it; may be empty
  std::vector<proto::UnitResult> units = {};  ///< units that an operation was still waiting for, or that failed it
  std::vector<proto::Diagnostic> diagnostics = {};  ///< of a configuration that can't be used
  std::string report = {};                          ///< the same for people: lines
  bool unknown_method = false;                      ///< this supd has never heard of what it was asked
};

template <class T>
using Try = std::expected<T, Failure>;

/// The Failure for an error answer of supd. JSON-RPC's own codes become `usage` (params that this supd
/// refuses) or `failed`.
[[nodiscard]] Failure failure_of(const proto::RpcFault& fault);

/// For words that came over the wire and could not be read.
[[nodiscard]] Failure bad_answer(const Error& error);

}  // namespace supd::ctl
