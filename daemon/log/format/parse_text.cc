#include "daemon/log/format/parse_text.hpp"

#include "daemon/log/format/parse_stamp.hpp"

namespace supd::log {

bool parse_text_record(std::string_view line, FileRecord& record) {
  auto stamp = parse_stamp(line);
  if (!stamp) return false;
  std::string_view rest = line.substr(stamp->size);
  if (rest.size() < 2 || rest[0] != ' ') return false;
  char tag = rest[1];
  if (tag != 'o' && tag != 'e' && tag != '-') return false;
  rest.remove_prefix(2);
  bool partial = tag != '-' && rest.starts_with('+');
  // "o." ends a stream without a newline: for whoever shows lines, it is one.
  if (partial || (tag != '-' && rest.starts_with('.'))) rest.remove_prefix(1);
  if (!rest.starts_with(' ')) return false;
  record.time_us = stamp->time_us;
  record.origin = tag == 'o' ? Origin::out : tag == 'e' ? Origin::err : Origin::supd;
  record.partial = partial;
  record.base64 = false;
  record.run = 0;
  record.text.assign(rest.substr(1));
  return true;
}

}  // namespace supd::log
