import ArgumentParser
import Models
import VulkanBackend
import Workbench

/// `kalsae pipelines`: what a driver's compiler makes of the kernels.
struct PipelinesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipelines", abstract: "Compile a model's pipelines and show what the driver tells of them.",
    discussion: """
      Every pipeline that the model needs, whatever the size of its steps, is compiled; nothing is loaded and nothing \
      runs. Shown are the time that it took and the driver's own figures, such as registers, spills and instructions, \
      where it has VK_KHR_pipeline_executable_properties.

      Mesa compiles for AMD GPUs that are not there: RADV_FORCE_FAMILY=navi31 with VK_DRIVER_FILES set to the file \
      radeon_icd*.json. tools/isa-gate compares what comes out with a budget.

      EXAMPLES
        kalsae pipelines --weights q8_0
        kalsae pipelines --all-kernels --isa /tmp/isa
        kalsae pipelines --all-kernels --shaders shaders --watch
        kalsae pipelines --model ./EXAONE-3.5-2.4B-Instruct --json
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var shaders: ShaderOptions

  @Flag(help: "Instead of a model's pipelines those of every kernel that suits the device, on the cases of `validate`.")
  var allKernels = false

  @Flag(help: "With --all-kernels: try every tuning of a kernel, not only the one that would be used.")
  var allTunings = false

  @Option(
    help: ArgumentHelp(
      "Compile the kernels for `gpu` or for `cpu` drivers, whatever the device is.", valueName: "target"))
  var target: KernelTarget?

  @Option(
    help: ArgumentHelp("Write the stages of the driver's compiler to files in this folder.", valueName: "folder"))
  var isa: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  mutating func validate() throws {
    if allTunings, !allKernels { throw ValidationError("--all-tunings goes with --all-kernels") }
    guard allKernels, model.model != nil || model.weights != nil else { return }
    throw ValidationError("--all-kernels compiles for every format and no model: leave --model and --weights away")
  }

  mutating func run() async throws {
    let console = Console()
    let folder = try isa.map { path throws(CommandError) in try PipelineTextFolder(path) }
    let command = self
    try await ShaderWatch(shaders, console).run { round in
      let report = try command.report(round, folder)
      if command.json { try console.writeJSON(report) } else { console.write(report.text) }
      if report.failureCount > 0 { throw ExitCode(ExitStatus.failedCheck.rawValue) }
    }
  }

  private func report(_ round: ShaderWatch.Round, _ folder: PipelineTextFolder?) throws(CommandError) -> PipelineReport
  {
    do {
      let survey = try PipelineSurvey(
        BackendChoice.openForCompiling(runtime.device), pack: round.pack, isCPU: target.map { $0 == .cpu })
      let launches = try (allKernels ? survey.launches(allTunings: allTunings) : modelLaunches(survey)).filter {
        round.kernels?.contains($0.kernelFile) != false
      }
      var pipelines = try survey.compile(launches, includesTexts: folder != nil)
      if let folder { for index in pipelines.indices { pipelines[index].files = try folder.write(pipelines[index]) } }
      return PipelineReport(survey, pipelines: pipelines)
    } catch {
      throw CommandError(error, otherwise: .input)
    }
  }

  private func modelLaunches(_ survey: PipelineSurvey) throws -> [Launch] {
    let model = try LoadedModel(model).model
    return try survey.launches(
      of: try model.architecture.program(), weights: model.weights, limits: try Runtime.limits(model, runtime),
      roundsPrompts: !runtime.exact)
  }
}
