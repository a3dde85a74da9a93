#pragma once

/// Where datagrams go: "unix:/dev/log", "udp:127.0.0.1:514", "udp:[::1]:514". Pure. Addresses are numbers:
/// a name would have to be asked for, and whoever is asked may take its time.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace supd {

struct DatagramAddress {
  enum class Family : std::uint8_t { unix_path, ipv4, ipv6 };

  Family family = Family::unix_path;
  std::string host;        ///< the path, or the address without its brackets
  std::uint16_t port = 0;  ///< of UDP
  bool operator==(const DatagramAddress&) const = default;
};

/// sun_path of unix(7), less its NUL.
inline constexpr std::size_t max_socket_path = 107;

/// The address, or what is wrong with `text`, in words. Whether an IPv6 address is one is for inet_pton(3).
[[nodiscard]] std::expected<DatagramAddress, std::string_view> parse_datagram_address(std::string_view text);

/// A unix socket of that path.
[[nodiscard]] DatagramAddress unix_address(std::string_view path);

}  // namespace supd
