import Foundation

/// Makes what an engine loads out of what a package ships.
///
/// The store knows nothing of the models' insides: the command gives it the preparers of the engines it has. Where
/// there is none for a model, its files are stored as they were shipped.
public protocol ModelPreparer: Sendable {
    /// The name of the model it prepares.
    var name: String { get }
    /// Counts up when its result changes; a model prepared by another version is out of date.
    var version: Int { get }

    /// Writes what belongs in the model's folder, blocking the thread it is called on.
    ///
    /// - Parameters:
    ///   - unpacked: A folder with the model's files under the paths the catalogue gives them, verified.
    ///   - into: An empty folder. What is written there is the model; licence files are added by the store.
    ///   - progress: To be called now and then with how much is done, from 0 to 1.
    func prepare(unpacked: URL, into: URL, progress: (Double) -> Void) throws
}
