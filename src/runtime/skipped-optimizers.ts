/**
 * ONNX Runtime's own rewritings of a graph that sessions of long graphs go without on the CPU. Each looks through the whole graph once or
 * twice, and one that finds something has all shapes inferred again: more than half of the time to load a long graph.
 */

/** What our own passes have left next to nothing for. */
const done = [
  "ConstantFolding",
  "ConstantSharing",
  "ReshapeFusion",
  "Level1_RuleBasedTransformer",
  "Level2_RuleBasedTransformer",
  "GatherSliceToSplitFusion",
  "GatherToSliceFusion",
  "MatMulAddFusion",
  "MatMulScaleFusion",
  "RemoveDuplicateCastTransformer",
];

/**
 * What is for quantisation, half precision and attention, which no graph of ours has, and fusions of Gelu and layer normalisation, whose
 * intermediate results a training step reads again for the derivatives.
 */
const foreign = [
  "AttentionFusion",
  "BiasDropoutFusion",
  "BiasGeluFusion",
  "BiasSkipLayerNormFusion",
  "BiasSoftmaxFusion",
  "DoubleQDQPairsRemover",
  "DynamicQuantizeMatMulFusion",
  "EmbedLayerNormFusion",
  "EnsureUniqueDQForNodeUnit",
  "FastGeluFusion",
  "FreeDimensionOverrideTransformer",
  "FuseFp16InitializerToFp32NodeTransformer",
  "GeluFusionL1",
  "GeluFusionL2",
  "GroupQueryAttentionFusion",
  "GroupQueryAttentionPreNormFusion",
  "LayerNormFusionL1",
  "LayerNormFusionL2",
  "MatMulIntegerToFloatFusion",
  "MatMulNBitsFusion",
  "NhwcTransformer",
  "QDQFinalCleanupTransformer",
  "QDQPropagationTransformer",
  "QDQS8ToU8Transformer",
  "QDQSelectorActionTransformer",
  "QuickGeluFusion",
  "SimplifiedLayerNormFusion",
  "SkipLayerNormFusion",
  "SliceConcatToSpaceToDepthFusion",
  "TransposeOptimizer_CPUExecutionProvider",
  "WeightBiasQuantization",
  "WhereDummyDq",
];

/** `recompute` needs equal operations left apart. */
const always = ["CommonSubexpressionElimination"];

/**
 * As ONNX Runtime's setting takes it. A short graph loads quickly in any case, and in WebAssembly the step of a small GAN takes half as long
 * again without the rewritings.
 */
export const skippedOptimizers = ({ long = false }: { long?: boolean | undefined }): string =>
  (long ? [...always, ...done, ...foreign] : always).join(";");
