/// A service has not taken one request, because of what was asked for, and would take others: no sign that the service is gone.
///
/// It is the `underlying` of the `RiposteError` that is thrown.
struct RequestRefusal: Error {
    /// What the service said.
    var reason: (any Error)?
}
