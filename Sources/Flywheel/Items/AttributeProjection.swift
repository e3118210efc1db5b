import DynamoExpressions

/// What of an item a read returns. The name tells it from the model's `Projection`: what an index holds of an
/// item.
typealias AttributeProjection = DynamoExpressions.Projection
