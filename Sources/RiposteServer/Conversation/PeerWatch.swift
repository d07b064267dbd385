import NIOCore

/// Closes a connection whose peer has stalled: it takes nothing of what is sent to it, or sends nothing for too long.
final class PeerWatch: ChannelDuplexHandler {
    // What goes through is not looked at: bytes, or frames.
    typealias InboundIn = Any
    typealias InboundOut = Any
    typealias OutboundIn = Any
    typealias OutboundOut = Any

    private let stallLimit: TimeAmount
    private let idleLimit: TimeAmount?
    private let onStall: @Sendable () -> Void
    private var stall: Scheduled<Void>?
    private var idle: Scheduled<Void>?
    private var lastActive = NIODeadline.distantPast

    /// - Parameters:
    ///   - stallLimit: how long a peer may leave what was sent to it unread, once no more can be sent.
    ///   - idleLimit: how long nothing may go either way; nil: for ever.
    ///   - onStall: told before the connection is closed because its peer has stalled.
    init(stallLimit: TimeAmount, idleLimit: TimeAmount?, onStall: @escaping @Sendable () -> Void = {}) {
        self.stallLimit = stallLimit
        self.idleLimit = idleLimit
        self.onStall = onStall
    }

    func channelActive(context: ChannelHandlerContext) {
        lastActive = .now()
        watch(context)
        context.fireChannelActive()
    }

    /// Nothing may fire into a pipeline that it has left.
    func handlerRemoved(context: ChannelHandlerContext) {
        stall?.cancel()
        idle?.cancel()
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
            stall = context.eventLoop.scheduleTask(in: stallLimit) { [onStall] in
                onStall()
                channel.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func watch(_ context: ChannelHandlerContext) {
        guard let idleLimit else { return }
        let end = lastActive + idleLimit
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        idle = context.eventLoop.scheduleTask(deadline: end) {
            let (watch, context) = bound.value
            guard context.channel.isActive else { return }
            if watch.lastActive + idleLimit <= .now() {
                context.close(promise: nil)
            } else {
                watch.watch(context)
            }
        }
    }
}
