#include "units/base/datagram_address.hpp"

#include <algorithm>
#include <charconv>

namespace supd {
namespace {

using Family = DatagramAddress::Family;
using Complaint = std::unexpected<std::string_view>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <class Number>
bool read_number(std::string_view text, Number& out) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

/// Four numbers from 0 to 255; inet_aton(3) would take much more.
bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    std::size_t dot = part == 3 ? text.size() : text.find('.');
    std::uint8_t octet = 0;
    if (dot == std::string_view::npos || dot > 3 || !read_number(text.substr(0, dot), octet)) return false;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return text.empty();
}

bool looks_like_ipv6(std::string_view text) {
  auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
  };
  return text.size() >= 2 && text.size() <= 45 && text.find(':') != std::string_view::npos &&
         std::ranges::all_of(text, fits);
}

std::expected<DatagramAddress, std::string_view> parse_udp(std::string_view text) {
  DatagramAddress out;
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || !read_number(text.substr(colon + 1), out.port) || out.port == 0) {
    return Complaint("has no port from 1 to 65535 at its end");
  }
  std::string_view host = text.substr(0, colon);
  bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  out.family = bracketed ? Family::ipv6 : Family::ipv4;
  out.host = host;
  if (bracketed ? looks_like_ipv6(host) : is_ipv4(host)) return out;
  if (!bracketed && looks_like_ipv6(host)) return Complaint("has an IPv6 address without brackets");
  return Complaint("has a host that is no address in numbers: names are not looked up");
}

}  // namespace

std::expected<DatagramAddress, std::string_view> parse_datagram_address(std::string_view text) {
  constexpr std::string_view local = "unix:", udp = "udp:";
  if (text.find('\0') != std::string_view::npos) return Complaint("has a NUL in it");
  if (text.starts_with(udp)) return parse_udp(text.substr(udp.size()));
  if (!text.starts_with(local)) return Complaint("begins neither with \"unix:\" nor with \"udp:\"");
  text.remove_prefix(local.size());
  if (!text.starts_with('/') || text.size() < 2) return Complaint("has no absolute path");
  if (text.size() > max_socket_path) return Complaint("has a path of more than 107 bytes");
  return unix_address(text);
}

DatagramAddress unix_address(std::string_view path) { return {Family::unix_path, std::string(path), 0}; }

}  // namespace supd
