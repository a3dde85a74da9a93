#pragma once

/// gzip and zstd behind one face.

#include <memory>
#include <span>
#include <string>

#include "units/base/error.hpp"
#include "units/log_spec.hpp"

namespace supd::log {

class CompressCodec {
 public:
  /// ELIBACC: the library can't be loaded, or was not there when supd was built.
  [[nodiscard]] static Result<std::unique_ptr<CompressCodec>> make(Compression format);
  virtual ~CompressCodec() = default;

  /// Appends what `input` becomes, as far as it is known yet; with `end` all of it. False: it can't be done.
  [[nodiscard]] virtual bool feed(std::span<char> input, bool end, std::string& out) = 0;
};

}  // namespace supd::log
