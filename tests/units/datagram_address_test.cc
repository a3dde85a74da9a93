#include "units/base/datagram_address.hpp"

#include <gtest/gtest.h>

namespace supd {
namespace {

using Family = DatagramAddress::Family;

TEST(DatagramAddress, paths_and_addresses_in_numbers) {
  EXPECT_EQ(parse_datagram_address("unix:/dev/log"), (DatagramAddress{Family::unix_path, "/dev/log", 0}));
  EXPECT_EQ(parse_datagram_address("udp:127.0.0.1:514"), (DatagramAddress{Family::ipv4, "127.0.0.1", 514}));
  EXPECT_EQ(parse_datagram_address("udp:[::1]:65535"), (DatagramAddress{Family::ipv6, "::1", 65535}));
  EXPECT_EQ(parse_datagram_address("udp:[::ffff:10.0.0.1]:1"), (DatagramAddress{Family::ipv6, "::ffff:10.0.0.1", 1}));
}

TEST(DatagramAddress, P7_what_is_none_says_why) {
  const std::pair<std::string, std::string_view> bad[] = {
      {"", "begins neither with \"unix:\" nor with \"udp:\""},
      {"tcp:127.0.0.1:514", "begins neither with \"unix:\" nor with \"udp:\""},
      {"unix:", "has no absolute path"},
      {"unix:dev/log", "has no absolute path"},
      {"unix:/" + std::string(107, 'x'), "has a path of more than 107 bytes"},
      {std::string("unix:/a\0b", 9), "has a NUL in it"},
      {"udp:127.0.0.1", "has no port from 1 to 65535 at its end"},
      {"udp:127.0.0.1:0", "has no port from 1 to 65535 at its end"},
      {"udp:127.0.0.1:65536", "has no port from 1 to 65535 at its end"},
      {"udp:127.0.0.1:+1", "has no port from 1 to 65535 at its end"},
      {"udp:localhost:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:127.0.0:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:127.0.0.256:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:127.0.0.1.:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:[]:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:[localhost]:514", "has a host that is no address in numbers: names are not looked up"},
      {"udp:::1:514", "has an IPv6 address without brackets"},
  };
  for (const auto& [text, why] : bad) {
    auto address = parse_datagram_address(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error(), why) << text;
  }
}

}  // namespace
}  // namespace supd
