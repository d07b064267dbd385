import NIOCore

/// Closes a connection whose peer has stalled: it takes nothing of what is sent to it, or sends nothing for too long.
final class WyomingPeerWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let stallLimit: TimeAmount
    private let idleLimit: TimeAmount
    private var stall: Scheduled<Void>?
    private var idle: Scheduled<Void>?
    private var lastActive = NIODeadline.distantPast

    /// - Parameters:
    ///   - stallLimit: how long a peer may leave what was sent to it unread, once no more can be sent.
    ///   - idleLimit: how long nothing may go either way.
    init(stallLimit: TimeAmount, idleLimit: TimeAmount) {
        self.stallLimit = stallLimit
        self.idleLimit = idleLimit
    }

    func channelActive(context: ChannelHandlerContext) {
        lastActive = .now()
        watch(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stall?.cancel()
        idle?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        lastActive = .now()
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        lastActive = .now()
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stall?.cancel()
        stall = nil
        if !context.channel.isWritable {
            let channel = context.channel
            stall = context.eventLoop.scheduleTask(in: stallLimit) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    private func watch(_ context: ChannelHandlerContext) {
        let end = lastActive + idleLimit
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        idle = context.eventLoop.scheduleTask(deadline: end) {
            let (watch, context) = bound.value
            guard context.channel.isActive else { return }
            if watch.lastActive + watch.idleLimit <= .now() {
                context.close(promise: nil)
            } else {
                watch.watch(context)
            }
        }
    }
}
