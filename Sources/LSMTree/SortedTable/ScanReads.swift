/// How a cursor that uses the cache reads what is not in it.
///
/// A seek and the blocks next to it are read one by one and go into the cache. From the third block on that follows the one
/// before and is not in the cache either, the cursor is a scan:
/// - It *reads ahead*, in windows that grow from 32 to 256 KiB: a read of the file for tens of blocks instead of one each.
/// - It *leaves the cache alone* once it has put a tenth of the cache's bytes into it. That is what the cache gives to blocks
///   that were asked for once (see `BlockCache`): what a scan puts in beyond it only pushes out its own blocks, at the price
///   of memory that is touched for the first time. The next scan finds what is there and brings another tenth, so a tree
///   that fits is in the cache after a few.
struct ScanReads: ~Copyable {
  private var window = ReadAhead()
  private var windowBytes = ReadAhead.windowBytesMin
  /// Where the block that was entered last ends.
  private var lastEnd = -1
  /// Blocks in a row that were not in the cache.
  private var missesInARow = 0
  private var bytesCached = 0

  private static let missesBeforeReadingAhead = 2

  /// Another file comes.
  mutating func reset() {
    window.reset()
    lastEnd = -1
    missesInARow = 0
  }

  mutating func block(_ handle: BlockHandle, of table: TableReader, _ io: ReadIO) throws(TreeError) -> Block {
    let isNext = handle.offset == lastEnd
    lastEnd = handle.end
    if !isNext { missesInARow = 0 }
    if let block = table.cachedBlock(handle) {
      missesInARow = 0
      return block
    }
    if case .memoryOnly = io { throw .wouldBlock }
    return try read(handle, of: table)
  }

  @inline(never)
  private mutating func read(_ handle: BlockHandle, of table: TableReader) throws(TreeError) -> Block {
    let isScan = missesInARow >= Self.missesBeforeReadingAhead
    missesInARow += 1
    if !isScan {
      windowBytes = ReadAhead.windowBytesMin
      return table.cache(try table.readBlock(handle), handle)
    }
    let isRead = window.holds(handle)
    let block = try window.block(handle, of: table, windowBytes: windowBytes)
    if !isRead { windowBytes = min(2 * windowBytes, ReadAhead.windowBytesMax) }
    guard bytesCached < table.scanBytesMax else { return block }
    bytesCached += block.memoryBytes
    return table.cache(block, handle)
  }
}
