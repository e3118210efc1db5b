/// XXH64 of some bytes: fast, well spread, and the same everywhere and for ever.
///
/// Not a cryptographic hash: whoever chooses keys can make many fall on one partition, as at the service.
/// Algorithm: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
package func xxHash64(_ bytes: RawSpan, seed: UInt64 = 0) -> UInt64 {
  let length = bytes.byteCount
  var offset = 0
  var hash: UInt64
  if length >= 32 {
    var lanes = (
      seed &+ XXH64.prime1 &+ XXH64.prime2, seed &+ XXH64.prime2, seed, seed &- XXH64.prime1
    )
    while offset + 32 <= length {
      lanes.0 = XXH64.round(lanes.0, bytes.littleEndianWord(at: offset))
      lanes.1 = XXH64.round(lanes.1, bytes.littleEndianWord(at: offset + 8))
      lanes.2 = XXH64.round(lanes.2, bytes.littleEndianWord(at: offset + 16))
      lanes.3 = XXH64.round(lanes.3, bytes.littleEndianWord(at: offset + 24))
      offset += 32
    }
    hash =
      lanes.0.rotatedLeft(1) &+ lanes.1.rotatedLeft(7) &+ lanes.2.rotatedLeft(12) &+ lanes.3.rotatedLeft(18)
    hash = XXH64.merge(hash, lanes.0)
    hash = XXH64.merge(hash, lanes.1)
    hash = XXH64.merge(hash, lanes.2)
    hash = XXH64.merge(hash, lanes.3)
  } else {
    hash = seed &+ XXH64.prime5
  }
  hash &+= UInt64(length)
  while offset + 8 <= length {
    hash ^= XXH64.round(0, bytes.littleEndianWord(at: offset))
    hash = hash.rotatedLeft(27) &* XXH64.prime1 &+ XXH64.prime4
    offset += 8
  }
  if offset + 4 <= length {
    let word = UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    hash ^= UInt64(word) &* XXH64.prime1
    hash = hash.rotatedLeft(23) &* XXH64.prime2 &+ XXH64.prime3
    offset += 4
  }
  while offset < length {
    hash ^= UInt64(bytes.byte(at: offset)) &* XXH64.prime5
    hash = hash.rotatedLeft(11) &* XXH64.prime1
    offset += 1
  }
  return XXH64.avalanche(hash)
}

private enum XXH64 {
  static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  @inline(__always)
  static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    (lane &+ word &* prime2).rotatedLeft(31) &* prime1
  }

  @inline(__always)
  static func merge(_ hash: UInt64, _ lane: UInt64) -> UInt64 {
    (hash ^ round(0, lane)) &* prime1 &+ prime4
  }

  @inline(__always)
  static func avalanche(_ hash: UInt64) -> UInt64 {
    var hash = hash
    hash ^= hash >> 33
    hash &*= prime2
    hash ^= hash >> 29
    hash &*= prime3
    hash ^= hash >> 32
    return hash
  }
}

extension UInt64 {
  @inline(__always)
  fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 {
    self << count | self >> (64 - count)
  }
}

extension RawSpan {
  @inline(__always)
  fileprivate func littleEndianWord(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
